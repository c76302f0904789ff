using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Demo;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Images;
using PmSFC.Client.Reports;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Imaging;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Generators;

namespace PmSFC.Cli.Commands;

/// <summary><c>demo</c>: the product's main job in a few minutes, without any data.</summary>
internal sealed class DemoCommand : CliCommand
{
    /// <summary>Where the generator is cut: the preset's own cut takes more than twice the work.</summary>
    private const string QuickSplit = "3";

    private readonly ValueOption<string> _out = new("--out", ValueKinds.Path)
    {
        Description = "folder of the report and of the faces",
        HelpName = "folder",
        DefaultValueFactory = _ => "pmsfc-demo",
    };

    private readonly ValueOption<string> _generator = new("--generator", ValueKinds.Text)
    {
        Description =
            $"a bundled generator ({string.Join(", ", BundledGenerator.All.Select(bundled => bundled.Name))}) or one of the store",
        HelpName = "name",
        DefaultValueFactory = _ => BundledGenerator.DefaultName,
    };

    private readonly ListOption<string> _settings = SettingOption.Create(
        "a setting of both methods, or of the discovery as subspaces.<key>; repeatable"
    );

    /// <summary>Makes the command.</summary>
    public DemoCommand(CliHost host, GlobalOptions options)
        : base("demo", "Invert 8 faces by PmSFC and mGANprior, print the table, write the report; needs no data", host, options)
    {
        Add(_out);
        Add(_generator);
        Add(_settings);
    }

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var started = invocation.Host.Time.GetTimestamp();
        var folder = OutputFolder.Prepare(invocation.Value(_out)!, ReportFiles.Names);
        var store = invocation.OpenStore();
        var card = await BundledGenerator.FindAsync(invocation, store, invocation.Value(_generator)!);
        var faces = WriteFaces(await DemoFaces.CreateAsync(store, card, invocation.CancellationToken), folder);
        invocation.Say($"{DemoFaces.Count} faces of {card.Resolution}×{card.Resolution} in {faces}: {DemoFaces.Description}.");

        var images = await ImageSet.ReadAsync([faces], card.Resolution, DemoFaces.Count, cancellationToken: invocation.CancellationToken);
        await images.StoreAsync(store, invocation.CancellationToken);
        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var plan = await cluster.Sweeps.PlanAsync(
            CreateSpec(invocation, card, images.References),
            cancellationToken: invocation.CancellationToken
        );
        await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
        var session = new SweepSession(invocation, cluster);
        var table = await session.RunAsync(plan);
        if (table is null)
            return ExitCode.Interrupted;

        await new ResultPrinter(invocation, store).TellAsync(table, folder);
        var elapsed = Amounts.Duration(invocation.Host.Time.GetElapsedTime(started));
        invocation.Say($"Done in {elapsed}. Results are kept in {store.Description}, so a second demo makes none of them again.");
        return session.ExitCodeOf(table);
    }

    private static string WriteFaces(IReadOnlyList<RgbImage> faces, string folder)
    {
        var target = Path.Combine(folder, "faces");
        OutputFolder.Write(folder, () =>
        {
            Directory.CreateDirectory(target);
            for (var i = 0; i < faces.Count; i++)
                ImageFile.WritePng(faces[i], Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"face-{i + 1}.png")));
        });
        return target;
    }

    private SweepSpec CreateSpec(Invocation invocation, GeneratorCard card, ImmutableArray<ImageReference> images)
    {
        var given = SettingOption.Parse(invocation.Value(_settings));
        var settings = SettingOption.Single(given.Method);
        if (!settings.ContainsKey(SplitSetting.Name))
            settings = settings.Add(SplitSetting.Name, [QuickSplit]);
        if (card.Perceptual is null && !settings.ContainsKey(PerceptualSetting.Name))
            settings = settings.Add(PerceptualSetting.Name, [PerceptualSetting.None]);
        var architecture = EngineCatalog.BuiltIn.Families.Describe(card);
        return new SweepSpec
        {
            Name = "demo",
            GeneratorId = card.Id,
            Task = "inversion",
            Images = images,
            Methods =
            [
                new MethodSpec
                {
                    Method = "pmsfc",
                    Label = "PmSFC",
                    Preset = PresetOf("pmsfc"),
                    Settings = settings,
                    Subspaces = new DiscoverySpec
                    {
                        Method = "self-expressive",
                        Preset = PresetNames.Tuned,
                        Settings = SettingOption.Single(given.Subspaces),
                    },
                },
                new MethodSpec
                {
                    Method = "mganprior",
                    Label = "mGANprior",
                    Preset = PresetOf("mganprior"),
                    Settings = settings,
                },
            ],
            Seed = 0,
            Owner = Environment.UserName,
            Priority = 0,
        };

        string PresetOf(string method) => TunedPresets.Of(EngineCatalog.BuiltIn.FindMethod(method)!.Settings, architecture);
    }
}
