using System.Collections.Concurrent;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Inversion problems for tests.</summary>
internal static class Problems
{
    private static readonly ConcurrentDictionary<(string Kind, GeneratorArchitecture Architecture), TrainedNetwork> Networks = [];

    /// <summary>The names of the methods that optimize something.</summary>
    public static IEnumerable<string> Searches => EngineCatalog.BuiltIn.Methods.OfType<IOptimizationMethod>().Select(method => method.Name);

    /// <summary>The names of those among them that search styles, so that they need a generator which has some.</summary>
    public static IEnumerable<string> StyleSearches => Searches.Where(NeedsStyles);

    /// <summary>The names of those among them that need no styles.</summary>
    public static IEnumerable<string> CodeSearches => Searches.Where(name => !NeedsStyles(name));

    /// <summary>The degradation that takes nothing away.</summary>
    public static IDegradation Inversion { get; } = Bind(new ReconstructionTask());

    /// <summary>A task for images of a tiny generator, in double precision where a test says so.</summary>
    public static IDegradation Bind(
        IInversionTask task,
        int resolution = 8,
        ScalarType dtype = ScalarType.Float32,
        params (string Name, string Value)[] settings
    ) =>
        task.Bind(
            new TaskInputs
            {
                Settings = task
                    .Settings.Resolve(null, settings.ToDictionary(pair => pair.Name, pair => pair.Value))
                    .Settings.ShouldNotBeNull(),
                Resolution = resolution,
                Device = CPU,
                Dtype = dtype,
            }
        );

    public static IGenerator BundledGenerator(ScalarType dtype = ScalarType.Float32) =>
        EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Load(CPU, dtype);

    public static DiscriminatorFeatures BundledFeatures(ScalarType dtype = ScalarType.Float32) =>
        DiscriminatorFeatures.Load(StateDict.Read(Repository.BundledDiscriminator, "bundled"), CPU, dtype);

    /// <summary>Targets outside the generator's range: its samples, dimmed, with noise.</summary>
    public static Tensor Targets(IGenerator generator, int count)
    {
        using var scope = NewDisposeScope();
        var samples = generator.Forward(TestTensors.Normal(99, count, generator.Architecture.LatentSize).to(generator.Dtype));
        var noise = TestTensors.Normal(98, samples.shape).to(generator.Dtype);
        return (samples * 0.7 + noise * 0.05 - 0.1).MoveToOuterDisposeScope();
    }

    public static ChannelPartition Partition(IGenerator generator, int split, int subspaces) =>
        new([.. Enumerable.Range(0, generator.Architecture.ChannelsAt(split)).Select(c => c * 5 % 11 % subspaces)], subspaces);

    /// <summary>A network of a kind, hardly trained.</summary>
    public static TrainedNetwork Network(string kind, IGenerator generator) => Networks.GetOrAdd((kind, generator.Architecture), _ =>
        {
            var training = EngineCatalog.BuiltIn.FindTraining(kind)!;
            (string Name, string Value)[] small =
            [
                ("iterations", "1"),
                ("width", "4"),
                ("groups", "1"),
                ("blocks", "1"),
                ("features", "4"),
                ("reduction", "2"),
                ("growth", "2"),
                ("discriminator-width", "2"),
                ("perceptual", "none"),
            ];
            var known = small.Where(pair => training.Settings.Definitions.Any(definition => definition.Name == pair.Name)).ToArray();
            var settings = ((string[])["1", "2"])
                .Select(batch => known.Append(("batch", batch)).ToDictionary(pair => pair.Item1, pair => pair.Item2))
                .Select(values => training.Settings.Resolve(null, values).Settings.ShouldNotBeNull())
                .First(resolved => training.Check(resolved, generator.Architecture).Count == 0);
            using var run = training.Start(
                new TrainingProblem
                {
                    Generator = generator,
                    Settings = settings,
                    Seed = 1,
                }
            );
            run.Step();
            return run.Finish();
        });

    /// <summary>A tiny generator that a method can invert by: PGGAN's where it does.</summary>
    public static IGenerator TinyGenerator(string method) =>
        NeedsStyles(method) ? Load(RandomStyleGan2.File(RandomStyleGan2.Tiny8)) : RandomGenerator.Load(RandomGenerator.Tiny);

    /// <summary>A generator of any family.</summary>
    public static IGenerator Load(byte[] file, ScalarType dtype = ScalarType.Float32) =>
        EngineCatalog.BuiltIn.Families.Read(file, "it").Load(CPU, dtype);

    /// <summary>Whether a method inverts by generators alone that have styles.</summary>
    public static bool NeedsStyles(string name) =>
        EngineCatalog.BuiltIn.FindMethod(name)!.Check(Defaults(name), new PgganArchitecture(4, [.. Enumerable.Repeat(4, 18)]))
            is [{ Setting: SettingIssue.Method }, ..];

    private static ResolvedSettings Defaults(string name) =>
        EngineCatalog.BuiltIn.FindMethod(name)!.Settings.Resolve(null, new Dictionary<string, string>()).Settings!;

    /// <summary>A method that optimizes something.</summary>
    public static IOptimizationMethod Search(string name) => (IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(name)!;

    /// <summary>What any method makes of a problem, a search's iterations done.</summary>
    public static Reconstruction Reconstruct(IInversionMethod method, InversionProblem problem)
    {
        if (method is FeedForwardMethod computing)
            return computing.Reconstruct(problem);
        var run = ((IOptimizationMethod)method).Start(problem);
        while (!run.IsFinished)
            run.Step();
        return run;
    }

    /// <summary>The content of what is needed.</summary>
    public static PreparedContents Prepare(IGenerator generator, IReadOnlyList<PreparationNeed> needs) =>
        new(
            needs.ToDictionary(
                need => need.Kind,
                need =>
                {
                    var kind = EngineCatalog.BuiltIn.FindPreparation(need.Kind)!;
                    using var run = kind.Start(generator, kind.Settings.Resolve(null, need.Settings).Settings!, 1, PreparedContents.None);
                    while (run.Iteration < run.Iterations)
                        run.Step();
                    return (ReadOnlyMemory<byte>)run.Finish();
                }
            )
        );

    public static InversionProblem Create(
        IInversionMethod method,
        IGenerator generator,
        Tensor targets,
        IReadOnlyList<long> seeds,
        params (string Name, string Value)[] settings
    ) => Create(method, generator, null, targets, seeds, [.. settings, (PerceptualSetting.Name, PerceptualSetting.None)]);

    /// <summary>A problem with the settings that the method knows, so that one list serves all methods.</summary>
    public static InversionProblem Create(
        IInversionMethod method,
        IGenerator generator,
        IPerceptualNetwork? perceptual,
        Tensor targets,
        IReadOnlyList<long> seeds,
        params (string Name, string Value)[] settings
    )
    {
        var known = settings.Where(pair => method.Settings.Definitions.Any(definition => definition.Name == pair.Name));
        var resolution = method.Settings.Resolve(null, known.ToDictionary(pair => pair.Name, pair => pair.Value));
        resolution.Issues.ShouldBeEmpty();
        return new InversionProblem
        {
            Generator = generator,
            Perceptual = perceptual,
            Degradation = method.Tasks is [var task, ..]
                ? Bind(EngineCatalog.BuiltIn.FindTask(task)!, generator.Architecture.Resolution, generator.Dtype)
                : Inversion,
            Partition = method.UsesSubspaces ? Partition(generator, resolution.Settings!.Integer(SplitSetting.Name), 3) : null,
            Network = method.Network is { } kind ? Network(kind, generator) : null,
            Prepared = Prepare(generator, method.Needs(resolution.Settings!)),
            Targets = targets,
            Seeds = seeds,
            Settings = resolution.Settings!,
        };
    }
}
