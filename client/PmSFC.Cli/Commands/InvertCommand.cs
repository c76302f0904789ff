using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Output;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Images;
using PmSFC.Client.Results;
using PmSFC.Client.Specs;
using PmSFC.Engine;
using PmSFC.Silo.Arguments;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>invert IMAGE…</c>: a sweep of one row, for a look at single images.</summary>
internal sealed class InvertCommand : CliCommand
{
    private const string SelfExpressive = "self-expressive";

    private readonly ListArgument<string> _images = new("image", ImagesOption.Kind)
    {
        Description = "images, folders of them, or set:NAME for an image set of the store",
    };

    private readonly ValueOption<string> _generator = new("--generator", ValueKinds.Text)
    {
        Description = "name or id of the generator",
        HelpName = "name",
        DefaultValueFactory = _ => BundledGenerator.DefaultName,
    };

    private readonly ValueOption<string> _method = new(
        "--method",
        ValueKinds.Choice(EngineCatalog.BuiltIn.Methods.Select(method => method.Name))
    )
    {
        Description = $"inversion method: {string.Join(", ", EngineCatalog.BuiltIn.Methods.Select(method => method.Name))}",
        HelpName = "name",
        DefaultValueFactory = _ => "pmsfc",
    };

    private readonly ValueOption<string> _task = new("--task", ValueKinds.Choice(EngineCatalog.BuiltIn.Tasks.Select(task => task.Name)))
    {
        Description =
            $"what the images lose before they are inverted: {string.Join(", ", EngineCatalog.BuiltIn.Tasks.Select(task => task.Name))}",
        HelpName = "name",
        DefaultValueFactory = _ => "inversion",
    };

    private readonly ValueOption<string> _preset = new("--preset", ValueKinds.Text)
    {
        Description =
            $"preset of the method, which may have: {string.Join(", ", EngineCatalog.BuiltIn.Methods.SelectMany(method => method.Settings.Presets.Keys).Distinct(StringComparer.Ordinal))}",
        HelpName = "name",
    };

    private readonly ListOption<string> _settings = SettingOption.Create(
        "a setting of the method, or of its discovery as subspaces.<key>, of its network's training as network.<key> (network.images and network.weights name files), of the task as task.<key>; repeatable"
    );

    private readonly ValueOption<long> _seed = new("--seed", ValueKinds.Long) { Description = "seed of every random draw", HelpName = "n" };

    private readonly ValueOption<string> _out = new("--out", ValueKinds.Path)
    {
        Description = "folder for the reconstructions",
        HelpName = "folder",
        DefaultValueFactory = _ => "pmsfc-inverted",
    };

    /// <summary>Makes the command.</summary>
    public InvertCommand(CliHost host, GlobalOptions options)
        : base("invert", "Invert images and write what the generator makes of them", host, options)
    {
        Add(_images);
        Add(_generator);
        Add(_method);
        Add(_task);
        Add(_preset);
        Add(_settings);
        Add(_seed);
        Add(_out);
    }

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var given = SettingOption.Parse(invocation.Value(_settings));
        OutputFolder.Check(invocation.Value(_out)!);
        var store = invocation.OpenStore();
        var card = await BundledGenerator.FindAsync(invocation, store, invocation.Value(_generator)!);
        var images = await ImageSet.ReadAsync(
            invocation.Value(_images),
            card.Resolution,
            sets: store,
            cancellationToken: invocation.CancellationToken
        );
        foreach (var note in images.Notes)
            invocation.Note(note);
        var taskImages = TaskImages.Read(given.Task, card.Resolution);
        var files = OutputFolder.FileNames(
            [.. images.References.Select(image => (image.Name, image.Id))],
            $"-{invocation.Value(_method)}.png"
        );
        var folder = OutputFolder.Prepare(invocation.Value(_out)!, [.. files.Values.SelectMany(file => new[] { file.Short, file.Own })]);

        var written = CreateSpec(invocation, given) with { GeneratorId = card.Id, Images = images.References };
        var (networks, spec) = await NetworkSources.ReadAsync(
            written,
            [given.NetworkFiles],
            card,
            store,
            issue => issue.Message,
            invocation.CancellationToken
        );
        foreach (var note in networks.Notes)
            invocation.Note(note);

        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var plan = await cluster.Sweeps.PlanAsync(taskImages.Name(spec), cancellationToken: invocation.CancellationToken);
        await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
        await images.StoreAsync(store, invocation.CancellationToken);
        await taskImages.StoreAsync(store, invocation.CancellationToken);
        await networks.StoreAsync(store, invocation.CancellationToken);
        var session = new SweepSession(invocation, cluster);
        var table = await session.RunAsync(plan);
        if (table is not null)
            await TellAsync(invocation, store, table, folder, files);
        return session.ExitCodeOf(table);
    }

    private static async Task TellAsync(
        Invocation invocation,
        IArtifactStore store,
        SweepTable table,
        string folder,
        IReadOnlyDictionary<string, ImageFileName> files
    )
    {
        var shown = new Table().Border(TableBorder.Rounded).AddColumn("image");
        foreach (var metric in table.Metrics)
            shown.AddColumn(new TableColumn(metric.Heading).RightAligned());
        shown.AddColumn("reconstruction");
        foreach (var job in table.Jobs)
        {
            var file = await WriteAsync(invocation, store, job, folder, files);
            if (invocation.Json)
                invocation.Lines.Write(
                    new
                    {
                        Event = "result",
                        Image = job.Job.Image.Name,
                        Job = job.Id,
                        Metrics = job.Result is null ? null : job.Metrics,
                        job.Problem,
                        File = file,
                    }
                );
            shown.AddRow([
                Cell.Of(job.Job.Image.Name),
                .. table.Metrics.Select(metric =>
                    Cell.Of(job.Metrics.TryGetValue(metric.Name, out var value) ? metric.Format(value) : "–")
                ),
                Cell.Of(file ?? job.Problem ?? ""),
            ]);
        }

        if (!invocation.Json)
            invocation.Console.Write(shown);
    }

    private static async Task<string?> WriteAsync(
        Invocation invocation,
        IArtifactStore store,
        TableJob job,
        string folder,
        IReadOnlyDictionary<string, ImageFileName> files
    )
    {
        if (
            job.Result is null
            || (await StoredResult.ReadAsync(store, job.Id, invocation.CancellationToken))?.Picture is not { } reconstruction
        )
            return null;
        return await OutputFolder.WriteAsync(folder, files[job.Job.Image.Id], reconstruction, invocation.CancellationToken);
    }

    private SweepSpec CreateSpec(Invocation invocation, GivenSettings given) =>
        new()
        {
            Name = "invert",
            GeneratorId = "",
            Task = invocation.Value(_task)!,
            TaskSettings = given.Task,
            Images = [],
            Methods =
            [
                new MethodSpec
                {
                    Method = invocation.Value(_method)!,
                    Preset = invocation.Value(_preset),
                    Settings = SettingOption.Single(given.Method),
                    Subspaces = given.Subspaces.IsEmpty
                        ? null
                        : new DiscoverySpec { Method = SelfExpressive, Settings = SettingOption.Single(given.Subspaces) },
                    Network =
                        given.Network.IsEmpty && given.NetworkFiles == NetworkPaths.None
                            ? null
                            : new TrainingSpec { Settings = SettingOption.Single(given.Network) },
                },
            ],
            Seed = invocation.Value(_seed),
            Owner = Environment.UserName,
            Priority = 0,
        };
}
