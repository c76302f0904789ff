using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Images;
using PmSFC.Client.Specs;
using PmSFC.Silo.Arguments;
using PmSFC.Storage;

namespace PmSFC.Cli.Commands;

/// <summary>A command on a sweep's YAML file.</summary>
internal abstract class SpecCommand : CliCommand
{
    private readonly ValueArgument<string> _file = new("file", ValueKinds.Path) { Description = "the sweep's YAML file" };
    private readonly ValueOption<string> _images = ImagesOption.Create("the target images, instead of the file's own");
    private readonly ValueOption<int?> _limit = new("--limit", ValueKinds.Integer(1, int.MaxValue).Optional())
    {
        Description = "most images to take, the first ones",
        HelpName = "n",
    };
    private readonly ListOption<string> _settings = SettingOption.Create(
        "a setting of every method of the file, instead of its own; repeatable"
    );

    /// <summary>Names the command.</summary>
    protected SpecCommand(string name, string description, CliHost host, GlobalOptions options)
        : base(name, description, host, options)
    {
        Add(_file);
        Add(_images);
        Add(_limit);
        Add(_settings);
    }

    /// <summary>Reads everything that the spec names; nothing is stored.</summary>
    /// <exception cref="BadInputException">Something cannot be used.</exception>
    protected async Task<PreparedSweep> PrepareAsync(
        Invocation invocation,
        IArtifactStore store,
        SweepFile file,
        GivenSettings given,
        GeneratorCard card
    )
    {
        var images = await ImageSet.ReadAsync(
            [ImagesOf(invocation, file)],
            card.Resolution,
            invocation.Value(_limit) ?? file.Limit,
            store,
            invocation.CancellationToken
        );
        foreach (var note in images.Notes)
            invocation.Note(note);
        if (!given.Task.IsEmpty)
            throw new BadInputException(
                $"--set task.{given.Task.Keys.First()}: the task's settings are those of {file.FileName}; change them there."
            );
        RefuseWhatNothingTakes(given, file);
        var taskImages = TaskImages.Read(file, card.Resolution);
        if (given.NetworkFiles != NetworkPaths.None)
            throw new BadInputException(
                $"--set network.images and network.weights are for single images; name the files in {file.FileName}."
            );
        var written = taskImages.Name(file.ToSpec(card.Id, images.References));
        var (networks, spec) = await NetworkSources.ReadAsync(
            written with
            {
                Methods = [.. written.Methods.Select(method => Override(method, given))],
            },
            file.NetworkPaths,
            card,
            store,
            file.Describe,
            invocation.CancellationToken
        );
        foreach (var note in networks.Notes)
            invocation.Note(note);
        return new PreparedSweep(spec, images, taskImages, networks);
    }

    /// <summary>Where the target images are: a path, or <c>set:NAME</c>.</summary>
    /// <exception cref="BadInputException">Neither the file nor the command line says.</exception>
    protected string ImagesOf(Invocation invocation, SweepFile file) =>
        invocation.Value(_images)
        ?? file.ImagesPath
        ?? throw new BadInputException(
            $"{file.FileName} names no images; add 'images: <folder>' to it, or --images <folder>. An image set of the store is set:NAME."
        );

    /// <summary>Reads the file, and what the command line gives instead.</summary>
    /// <exception cref="BadInputException">The file is wrong.</exception>
    protected (SweepFile File, GivenSettings Given) ReadFile(Invocation invocation)
    {
        var given = SettingOption.Parse(invocation.Value(_settings));
        var file = SweepFile.Read(invocation.Value(_file)) with { GivenSettings = given.Names };
        _ = GateOption.Of(file);
        return (file, given);
    }

    private static void RefuseWhatNothingTakes(GivenSettings given, SweepFile file)
    {
        var unused = given switch
        {
            { Subspaces.IsEmpty: false } when file.Methods.All(method => method.Subspaces is null) =>
                $"subspaces.{given.Subspaces.Keys.First()}",
            { Network.IsEmpty: false } when file.Methods.All(method => method.Network is null) => $"network.{given.Network.Keys.First()}",
            _ => null,
        };
        if (unused is not null)
            throw new BadInputException(
                $"--set {unused}: no method of {file.FileName} has '{unused[..unused.IndexOf('.')]}', so nothing takes it; add that key to a method, or leave the setting out."
            );
    }

    private static MethodSpec Override(MethodSpec method, GivenSettings given) =>
        method with
        {
            Settings = method.Settings.SetItems(SettingOption.Single(given.Method)),
            Subspaces = method.Subspaces is { } discovery
                ? discovery with
                {
                    Settings = discovery.Settings.SetItems(SettingOption.Single(given.Subspaces)),
                }
                : method.Subspaces,
            Network = method.Network is { } training
                ? training with
                {
                    Settings = training.Settings.SetItems(SettingOption.Single(given.Network)),
                }
                : method.Network,
        };
}
