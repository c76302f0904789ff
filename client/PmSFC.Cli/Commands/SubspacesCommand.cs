using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Planning;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>subspaces</c>: finds a generator's subspaces, and shows those that are stored.</summary>
internal sealed class SubspacesCommand : Command
{
    private const string Latest = "latest";
    private const string DefaultFolder = "pmsfc-subspaces";
    private const string AskedFolder = "/asked/";

    /// <summary>Makes the command and those below it.</summary>
    public SubspacesCommand(CliHost host, GlobalOptions options)
        : base("subspaces", "Find and show the prior subspaces of a generator")
    {
        Add(new Discover(host, options));
        Add(new Show(host, options));
        Add(new SubspacesListCommand(host, options));
    }

    private static async Task TellAsync(Invocation invocation, IArtifactStore store, string id, string? folder)
    {
        var artifact = await store.ReadAsync(ArtifactNames.SubspaceSet(id), invocation.CancellationToken)
            ?? throw new BadInputException($"The subspace set {id} is not stored.");
        var set = Parse(store, id, artifact);
        var picture = await WritePictureAsync(invocation, store, id, folder);
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "subspaces",
                    Id = id,
                    set.Method,
                    set.SplitLayer,
                    set.Sizes,
                    set.ShareInside,
                    set.ShareByChance,
                    set.LargestShareByChance,
                    set.ShareShuffled,
                    set.LargestShareShuffled,
                    set.Settings,
                    set.Seed,
                    set.Labels,
                    set.LossHistory,
                    Picture = picture,
                }
            );
            return;
        }

        invocation.Say($"Subspace set {id}");
        invocation.Say(
            $"{set.Method}, split l = {set.SplitLayer}, {set.Labels.Count} channels in R = {set.Sizes.Count} subspaces of {string.Join(", ", set.Sizes)}"
        );
        if (set.ShareInside is { } inside)
        {
            invocation.Say(Text($"Share of the affinity inside subspaces: {inside:0.000}"));
            invocation.Say(
                Text(
                    $"  in random partitions of these sizes: {set.ShareByChance:0.000} (largest of {AffinityShare.Draws}: {set.LargestShareByChance:0.000})"
                )
            );
            invocation.Say(
                set.ShareShuffled is { } shuffled
                    ? Text(
                        $"  in subspaces found alike in shuffled affinities: {shuffled:0.000} (largest of {AffinityShare.Shuffles}: {set.LargestShareShuffled:0.000}); a share that is no larger shows no structure"
                    )
                    : "  in subspaces found alike in shuffled affinities: not known, since an earlier version stored this set, or such affinities fall apart"
            );
        }

        if (set.LossHistory is [var first, .., var last])
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("step", "features", "images", "sparsity");
            foreach (var column in table.Columns)
                column.RightAligned();
            foreach (var losses in new[] { first, last })
                table.AddRow(
                    $"{losses.Iteration}",
                    Text($"{losses.Feature:0.####}"),
                    Text($"{losses.Image:0.####}"),
                    Text($"{losses.Sparsity:0.####}")
                );
            invocation.Console.Write(table);
        }

        if (picture is not null)
            invocation.Say($"Affinity, channels ordered by subspace: {picture}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static SubspaceSet Parse(IArtifactStore store, string id, Artifact artifact)
    {
        var name = ArtifactNames.SubspaceSet(id);
        ArtifactFormat.Check(artifact.Content.Span, name);
        try
        {
            return SubspaceSet.FromJson(artifact.Content.Span);
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreFailure.Damaged,
                $"{name} in {store.Description} is not a subspace set ({ArtifactFormat.Reason(artifact.Content.Span, e)}); delete it, then find the set "
                    + "again with the sweep that needs it ('sweep resume') or with 'subspaces discover'.",
                e
            );
        }
    }

    private static async Task<string?> WritePictureAsync(Invocation invocation, IArtifactStore store, string id, string? folder)
    {
        if (await store.ReadAsync(ArtifactNames.SubspaceAffinity(id), invocation.CancellationToken) is not { } picture)
            return null;
        var target = OutputFolder.Prepare(folder ?? DefaultFolder);
        return await OutputFolder.WriteAsync(target, $"{Amounts.ShortId(id)}-affinity.png", picture.Content, invocation.CancellationToken);
    }

    private static ValueOption<string> OutOption() =>
        new("--out", ValueKinds.Path) { Description = $"folder of the affinity's picture [default: {DefaultFolder}]", HelpName = "folder" };

    private sealed class Discover : CliCommand
    {
        private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

        private readonly ValueOption<string> _generator = new("--generator", ValueKinds.Text)
        {
            Description = "name or id of the generator",
            HelpName = "name",
            DefaultValueFactory = _ => BundledGenerator.DefaultName,
        };

        private readonly ValueOption<string> _method = new(
            "--method",
            ValueKinds.Choice(EngineCatalog.BuiltIn.Discoveries.Select(discovery => discovery.Name))
        )
        {
            Description = $"discovery: {string.Join(", ", EngineCatalog.BuiltIn.Discoveries.Select(d => d.Name))}",
            HelpName = "name",
            DefaultValueFactory = _ => "self-expressive",
        };

        private readonly ValueOption<int?> _split = new("--split", ValueKinds.Integer(0, int.MaxValue).Optional())
        {
            Description = "l, the number of blocks below the cut",
            HelpName = "l",
        };
        private readonly ValueOption<int?> _subspaces = new("--subspaces", ValueKinds.Integer(0, int.MaxValue).Optional())
        {
            Description = "R, the number of subspaces",
            HelpName = "R",
        };
        private readonly ValueOption<string> _preset = new("--preset", ValueKinds.Text)
        {
            Description =
                "preset of the discovery: "
                + string.Join(
                    "; ",
                    EngineCatalog
                        .BuiltIn.Discoveries.Where(d => d.Settings.Presets.Count > 0)
                        .Select(d => $"{string.Join(", ", d.Settings.Presets.Keys)} for {d.Name}")
                )
                + " [default: tuned, where the discovery has it]",
            HelpName = "name",
        };
        private readonly ListOption<string> _settings = SettingOption.Create("a setting of the discovery; repeatable");
        private readonly ValueOption<long> _seed = new("--seed", ValueKinds.Long)
        {
            Description = "seed of every random draw",
            HelpName = "n",
        };
        private readonly ValueOption<string> _out = OutOption();

        public Discover(CliHost host, GlobalOptions options)
            : base("discover", "Find the subspaces of a generator's split layer", host, options)
        {
            foreach (var option in new Option[] { _generator, _method, _split, _subspaces, _preset, _settings, _seed, _out })
                Add(option);
        }

        public override bool OutlivesItsOutput => true;

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            OutputFolder.Check(invocation.Value(_out) ?? DefaultFolder);
            var store = invocation.OpenStore();
            var card = await BundledGenerator.FindAsync(invocation, store, invocation.Value(_generator)!);
            var (spec, bytes, preparations) = CreateSpec(invocation, card);
            OutputFolder.Prepare(invocation.Value(_out) ?? DefaultFolder);
            var mark = $"{ArtifactNames.Subspaces}{spec.Id}{AskedFolder}{invocation.Host.Time.GetUtcNow():yyyyMMdd't'HHmmssfff'z'}";
            await store.WriteOnceAsync(mark, "{}"u8.ToArray(), invocation.CancellationToken);
            if (await store.ExistsAsync(ArtifactNames.SubspaceSet(spec.Id), invocation.CancellationToken))
                invocation.Say("Stored before: nothing is made again.");
            else
            {
                await using var cluster = await ClusterSession.StartAsync(invocation, store);
                cluster.CheckMemory(spec.Method, bytes, EmbeddedDevices.Discovery);
                foreach (var planned in preparations)
                {
                    cluster.CheckMemory(planned.Spec.Kind, planned.Bytes, EmbeddedDevices.Preparation);
                    var preparation = cluster.Grains.GetGrain<IPreparationGrain>(planned.Spec.Id);
                    await FollowAsync(
                        invocation,
                        planned.Spec,
                        planned.Bytes,
                        request => preparation.Ensure(planned.Spec, request),
                        preparation.GetStatus
                    );
                }

                var grain = cluster.Grains.GetGrain<ISubspaceSetGrain>(spec.Id);
                await FollowAsync(invocation, spec, bytes, request => grain.Ensure(spec, request), grain.GetStatus);
            }

            await SubspacesCommand.TellAsync(invocation, store, spec.Id, invocation.Value(_out));
            return ExitCode.Done;
        }

        private static async Task FollowAsync(
            Invocation invocation,
            IPreparationSpec spec,
            long bytes,
            Func<WorkRequest, Task<PreparationStatus>> ensure,
            Func<Task<PreparationStatus>> getStatus
        )
        {
            var status = await ensure(
                new WorkRequest
                {
                    SweepId = $"discover-{spec.Id}",
                    Owner = Environment.UserName,
                    Priority = 0,
                    BytesPerJob = bytes,
                }
            );
            var view = new DiscoveryView(invocation, spec.PreparationKind);
            await view.FollowAsync(async show =>
            {
                while (!status.State.IsFinal())
                {
                    await Task.Delay(Poll, invocation.Host.Time, invocation.CancellationToken);
                    status = await getStatus();
                    show(status);
                }
            });
            if (status.State == JobState.Succeeded)
                return;
            throw new BadInputException(
                $"{(spec is SubspaceSpec ? "The discovery" : $"The preparation '{spec.PreparationKind}'")} failed: {status.Failure?.Message ?? "it was cancelled."}"
            );
        }

        private (SubspaceSpec Spec, long Bytes, ImmutableArray<PlannedPreparation> Preparations) CreateSpec(
            Invocation invocation,
            GeneratorCard card
        )
        {
            var name = invocation.Value(_method)!;
            var discovery = EngineCatalog.BuiltIn.FindDiscovery(name)!;
            var given = SettingOption.Parse(invocation.Value(_settings)).Method;
            if (invocation.Value(_split) is { } split)
                given = given.SetItem("split", split.ToString(CultureInfo.InvariantCulture));
            if (invocation.Value(_subspaces) is { } subspaces)
                given = given.SetItem("subspaces", subspaces.ToString(CultureInfo.InvariantCulture));
            var preset = invocation.Value(_preset)
                ?? (discovery.Settings.Presets.ContainsKey(PresetNames.Tuned) ? PresetNames.Tuned : null);
            var resolution = discovery.Settings.Resolve(preset, given);
            var architecture = EngineCatalog.BuiltIn.Families.Describe(card);
            List<string> issues =
            [
                .. (resolution.Settings is { } settings ? discovery.Check(settings, architecture) : resolution.Issues).Select(issue =>
                    issue.Message
                ),
            ];
            ImmutableArray<PlannedPreparation> preparations =
                issues.Count > 0
                    ? []
                    : new PreparationPlanner(EngineCatalog.BuiltIn, card.Id, architecture, invocation.Value(_seed)).Plan(
                        discovery.Needs(resolution.Settings!),
                        issues
                    );
            if (issues.Count > 0)
                throw new BadInputException(string.Join(Environment.NewLine, issues));
            var spec = new SubspaceSpec
            {
                GeneratorId = card.Id,
                Method = name,
                Settings = resolution.Settings!.ToImmutableSortedDictionary(StringComparer.Ordinal),
                Seed = invocation.Value(_seed),
                MadeFrom = PreparationPlanner.MadeFrom(preparations),
            };
            return (spec, discovery.Estimate(resolution.Settings!, architecture).Bytes, preparations);
        }
    }

    private sealed class Show : CliCommand
    {
        private readonly ValueArgument<string> _set = new("set", ValueKinds.Text)
        {
            Description = "the beginning of its id, or 'latest'",
            DefaultValueFactory = _ => Latest,
        };

        private readonly ValueOption<string> _out = OutOption();

        public Show(CliHost host, GlobalOptions options)
            : base("show", "Show a stored set of subspaces", host, options)
        {
            Add(_set);
            Add(_out);
        }

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var id = await FindAsync(invocation, store, invocation.Value(_set));
            await SubspacesCommand.TellAsync(invocation, store, id, invocation.Value(_out));
            return ExitCode.Done;
        }

        private static async Task<string> FindAsync(Invocation invocation, IArtifactStore store, string reference)
        {
            var sets = new List<string>();
            var asked = new Dictionary<string, string>(StringComparer.Ordinal);
            await foreach (var name in store.ListAsync(ArtifactNames.Subspaces, invocation.CancellationToken))
            {
                if (ArtifactNames.SubspaceSetOf(name) is { } set)
                    sets.Add(set);
                else if (name.IndexOf(AskedFolder, StringComparison.Ordinal) is > 0 and var cut)
                    asked[name[ArtifactNames.Subspaces.Length..cut]] = name[(cut + AskedFolder.Length)..];
            }

            if (sets.Count == 0)
                throw new BadInputException(
                    $"There is no subspace set in {store.Description}; find one with: {invocation.Command("subspaces", "discover")}"
                );
            if (reference == Latest)
                return sets.MaxBy(set => asked.GetValueOrDefault(set, ""), StringComparer.Ordinal)!;
            return sets.Where(set => set.StartsWith(reference, StringComparison.OrdinalIgnoreCase)).ToList() switch
            {
                [var only] => only,
                [] => throw new BadInputException(
                    $"There is no subspace set '{reference}' in {store.Description}; it has {string.Join(", ", sets.Take(5).Select(Amounts.ShortId))}."
                ),
                _ => throw new BadInputException($"'{reference}' is the beginning of several subspace sets' ids; write more of it."),
            };
        }
    }
}
