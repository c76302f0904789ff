using PmSFC.Engine.Analyses;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

/// <summary>What works on generators works on every family whose upper half needs more than maps, without a line for it.</summary>
public abstract class GeneratorFamilyContract
{
    // DIP takes nothing of a generator but its resolution.
    public static TheoryData<string> Searches => [.. Problems.CodeSearches.Where(name => name != "dip")];

    public static TheoryData<string> Composing =>
        [.. EngineCatalog.BuiltIn.Methods.OfType<IFeatureComposingMethod>().Select(method => method.Name)];

    public static TheoryData<string> Discoveries => [.. EngineCatalog.BuiltIn.Discoveries.Select(discovery => discovery.Name)];

    /// <summary>A small generator's sizes: latent codes of 6 numbers, and 7 channels at the cut after two blocks.</summary>
    protected abstract GeneratorArchitecture Sizes { get; }

    /// <summary>A generator of these sizes with random weights, the same each time.</summary>
    protected abstract IGenerator Load(ScalarType dtype);

    /// <summary>The share of a loss that a short search leaves at most.</summary>
    protected virtual float LossLeft(string method) => 0.9f;

    [Fact]
    public void UpperOfLower_AtEverySplit_EqualsForward()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        var z = TestTensors.Normal(1, 3, 6).to(ScalarType.Float64);
        for (var split = 1; split <= Sizes.LargestSplit; split++)
        {
            var features = generator.Lower(z, split);
            features.Context.ShouldNotBeEmpty();
            features.Context.ShouldAllBe(tensor => tensor.shape[0] == 3);
            TestTensors.Difference(generator.Upper(features, split), generator.Forward(z)).ShouldBeLessThan(1e-12f);
        }
    }

    [Fact]
    public void Restricted_AtEverySplit_EqualsChannelsAndContextOfTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        RestrictedEqualsWhole(generator, TestTensors.Normal(1, 2, 3, 2, 6).to(ScalarType.Float64));
    }

    /// <param name="generator">Of any kind.</param>
    /// <param name="codes">[2, 3, 2, …]: two codes of two images in each of three subspaces.</param>
    protected static void RestrictedEqualsWhole(IGenerator generator, Tensor codes)
    {
        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            var partition = Problems.Partition(generator, split, 3);
            using var restricted = generator.Restrict(partition, split);
            var parts = restricted.Forward(codes);
            var whole = generator.Lower(codes.flatten(0, 2), split);
            for (var r = 0; r < 3; r++)
            {
                var channels = tensor(partition.ChannelsOf(r).Select(c => (long)c).ToArray());
                var expected = whole.Maps.view([2, 3, 2, .. whole.Maps.shape[1..]]).select(1, r).index_select(2, channels);
                TestTensors.Difference(parts.Maps[r], expected).ShouldBeLessThan(1e-12f);
            }

            for (var i = 0; i < whole.Context.Count; i++)
                TestTensors.Difference(parts.Context[i].flatten(0, 1), whole.Context[i]).ShouldBeLessThan(1e-12f);
        }
    }

    [Theory]
    [MemberData(nameof(Composing))]
    public void Composition_OfEqualCodesAndWeights_IsTheirImage(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        var method = (IFeatureComposingMethod)EngineCatalog.BuiltIn.FindMethod(name)!;
        var settings = method.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "2", ["codes"] = "3" }).Settings!;
        using var composition = method.CreateComposition(generator, settings, Problems.Partition(generator, 2, 3));
        var z = TestTensors.Normal(1, 1, 6).to(ScalarType.Float64);
        using Scalar start = name == "mganprior" ? 1 : composition.StartWeight; // mGANprior divides by N besides
        var w = full([1, .. composition.WeightShape], start, ScalarType.Float64);

        var composed = composition.Compose(z.expand([1, .. composition.CodeShape]), w);

        composed.Context.Count.ShouldBe(generator.Lower(z, 2).Context.Count);
        TestTensors.Difference(generator.Upper(composed, 2), generator.Forward(z)).ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Search_OfEveryMethod_FallsAndGoesOnExactlyFromItsCheckpoints(string name) => FallsAndGoesOn(name);

    protected void FallsAndGoesOn(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float32);
        var method = Problems.Search(name);
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 2),
            [4, 5],
            ("split", "2"),
            ("codes", "3"),
            ("channels", "8"),
            ("iterations", "30")
        );
        using var whole = method.Start(problem);
        using var resumed = method.Start(problem);
        var before = whole.Losses();
        for (var i = 0; i < 12; i++)
            whole.Step();
        resumed.Restore([whole.Checkpoint(0), whole.Checkpoint(1)]);
        while (!whole.IsFinished)
            whole.Step();
        while (!resumed.IsFinished)
            resumed.Step();

        whole.Losses().Zip(before, (after, start) => after / start).ShouldAllBe(ratio => ratio < LossLeft(name));
        for (var image = 0; image < 2; image++)
            resumed.Checkpoint(image).AsSpan().SequenceEqual(whole.Checkpoint(image)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Composing))]
    public void Batch_OfTwo_EqualsSingleRuns(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        var method = Problems.Search(name);
        var targets = Problems.Targets(generator, 2);

        TestTensors.Difference(cat([Invert(0, 1), Invert(1, 1)]), Invert(0, 2)).ShouldBeLessThan(1e-8f);

        Tensor Invert(int first, int count)
        {
            long[] seeds = [.. Enumerable.Range(first, count).Select(seed => (long)seed)];
            using var run = method.Start(
                Problems.Create(
                    method,
                    generator,
                    targets.narrow(0, first, count),
                    seeds,
                    ("split", "2"),
                    ("codes", "2"),
                    ("iterations", "4")
                )
            );
            while (!run.IsFinished)
                run.Step();
            return run.Reconstruct();
        }
    }

    [Theory]
    [MemberData(nameof(Discoveries))]
    public void Discovery_OfEveryKind_DividesTheChannels(string name)
    {
        using var generator = Load(ScalarType.Float32);
        var discovery = EngineCatalog.BuiltIn.FindDiscovery(name)!;
        (string Name, string Value)[] small =
        [
            ("split", "2"),
            ("subspaces", "3"),
            ("steps", "20"),
            ("codes", "64"),
            ("learning-rate", "0.01"),
            ("norms", "mean"),
        ];
        var known = small.Where(pair => discovery.Settings.Definitions.Any(definition => definition.Name == pair.Name));
        var settings = discovery
            .Settings.Resolve(null, known.ToDictionary(pair => pair.Name, pair => pair.Value))
            .Settings.ShouldNotBeNull();
        discovery.Check(settings, generator.Architecture).ShouldBeEmpty();
        using var run = discovery.Start(generator, settings, 1, prepared: Problems.Prepare(generator, discovery.Needs(settings)));
        while (run.Iteration < run.Iterations)
            run.Step();

        run.Finish().Sizes.Sum().ShouldBe(Sizes.ChannelsAt(2));
    }

    [Fact]
    public void Analyses_OfTwoInversions_BeginAndEndAtTheirImages()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float32);
        var method = (IFeatureComposingMethod)EngineCatalog.BuiltIn.FindMethod("pmsfc")!;
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 2),
            [1, 2],
            ("split", "2"),
            ("codes", "2"),
            ("iterations", "5")
        );
        using var run = method.Start(problem);
        while (!run.IsFinished)
            run.Step();
        var (images, a, b) = (run.Reconstruct(), Compose(0), Compose(1));

        var between = FeatureInterpolation.Images(generator, 2, a, b, 3);
        var swapped = FeatureSwap.Images(generator, 2, a, a.Select(tensor => tensor.clone()), problem.Partition!);

        TestTensors.Difference(between[0], images[0]).ShouldBeLessThan(1e-5f);
        TestTensors.Difference(between[2], images[1]).ShouldBeLessThan(1e-5f);
        for (var r = 0; r < 3; r++)
            TestTensors.Difference(swapped[r], images[0]).ShouldBeLessThan(1e-5f);

        SplitFeatures Compose(int image) =>
            ComposedFeatures.Compose(generator, method, problem.Settings, problem.Partition, run.Codes(image), "codes");
    }
}
