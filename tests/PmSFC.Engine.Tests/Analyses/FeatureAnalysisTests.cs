using PmSFC.Engine.Analyses;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Tests.Inversion;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Analyses;

[Collection(AloneCollection.Name)]
public sealed class FeatureAnalysisTests
{
    private const int Split = 3;
    private const float Exactly = 1e-5f;

    [Theory]
    [InlineData("pmsfc")]
    [InlineData("mganprior")]
    public void Interpolate_AtItsEnds_IsWhatTheRunReconstructs(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        var (reconstructions, a, b, _) = Invert(name, generator);

        var images = FeatureInterpolation.Images(generator, Split, a, b, steps: 5);

        images.shape.ShouldBe([5, 3, 64, 64]);
        TestTensors.Difference(images[0], reconstructions[0]).ShouldBeLessThanOrEqualTo(Exactly);
        TestTensors.Difference(images[4], reconstructions[1]).ShouldBeLessThanOrEqualTo(Exactly);
        TestTensors.Difference(images[0], images[4]).ShouldBeGreaterThan(0.1f);
    }

    [Fact]
    public void Interpolate_BetweenItsEnds_IsTheWeightedMeanOfTheMaps()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (TestTensors.Normal(1, 1, 8, 4, 4), TestTensors.Normal(2, 1, 8, 4, 4));

        var features = FeatureInterpolation.Features(new SplitFeatures(a), new SplitFeatures(b), steps: 5).Maps;

        TestTensors.Difference(features[0], a[0]).ShouldBe(0f);
        TestTensors.Difference(features[1], (a * 3 + b)[0] / 4).ShouldBeLessThanOrEqualTo(Exactly);
        TestTensors.Difference(features[4], b[0]).ShouldBe(0f);
    }

    [Fact]
    public void Swap_OfEachSubspace_ChangesItsChannelsAlone()
    {
        using var scope = NewDisposeScope();
        int[] labels = [2, 0, 1, 1, 0, 2, 0, 1];
        var (a, b) = (TestTensors.Normal(1, 1, 8, 4, 4), TestTensors.Normal(2, 1, 8, 4, 4));

        var features = FeatureSwap.Features(new SplitFeatures(a), new SplitFeatures(b), new ChannelPartition(labels, 3)).Maps;

        features.shape.ShouldBe([3, 8, 4, 4]);
        for (var r = 0; r < 3; r++)
        for (var c = 0; c < labels.Length; c++)
            TestTensors.Difference(features[r, c], labels[c] == r ? b[0, c] : a[0, c]).ShouldBe(0f);
    }

    [Fact]
    public void Swap_OfAllSubspacesOneAfterAnother_GivesTheOtherImage()
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        var (reconstructions, a, b, partition) = Invert("pmsfc", generator);
        var whole = new ChannelPartition(new int[partition.Channels], 1);

        var swapped = a;
        for (var r = 0; r < partition.Count; r++)
            swapped = FeatureSwap.Features(swapped, b, partition).Select(tensor => tensor.narrow(0, r, 1));

        TestTensors.Difference(swapped.Maps, b.Maps).ShouldBe(0f);
        TestTensors.Difference(FeatureSwap.Images(generator, Split, a, b, whole), reconstructions[1]).ShouldBeLessThanOrEqualTo(Exactly);
    }

    [Fact]
    public void Swap_BetweenTwoInversions_IsG2OfTheMixedMaps()
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        var (reconstructions, a, b, partition) = Invert("pmsfc", generator);

        var images = FeatureSwap.Images(generator, Split, a, b, partition);

        images.shape.ShouldBe([3, 3, 64, 64]);
        for (var r = 0; r < partition.Count; r++)
        {
            var channels = tensor(partition.ChannelsOf(r).Select(c => (long)c).ToArray());
            var mixed = a with { Maps = a.Maps.index_copy(1, channels, b.Maps.index_select(1, channels)) };
            TestTensors.Difference(images[r], generator.Upper(mixed, Split)[0]).ShouldBeLessThanOrEqualTo(Exactly);
            TestTensors.Difference(images[r], reconstructions[0]).ShouldBeGreaterThan(0.01f);
        }
    }

    [Fact]
    public void Swap_BetweenEqualMaps_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        var (reconstructions, a, _, partition) = Invert("pmsfc", generator);

        var images = FeatureSwap.Images(generator, Split, a, a.Select(tensor => tensor.clone()), partition);

        for (var r = 0; r < partition.Count; r++)
            TestTensors.Difference(images[r], reconstructions[0]).ShouldBeLessThanOrEqualTo(Exactly);
    }

    [Fact]
    public void Analyses_OfMapsThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (new SplitFeatures(zeros(1, 8, 4, 4)), new SplitFeatures(zeros(1, 6, 4, 4)));

        Should
            .Throw<ArgumentException>(() => FeatureInterpolation.Features(a, b, 3))
            .Message.ShouldContain("[1, 8, 4, 4] and [1, 6, 4, 4]");
        Should
            .Throw<ArgumentException>(() => FeatureSwap.Features(a, a, new ChannelPartition(new int[6], 1)))
            .Message.ShouldContain("6 channels, but the maps have 8");
        Should.Throw<ArgumentOutOfRangeException>(() => FeatureInterpolation.Features(a, a, 1));
    }

    [Fact]
    public void Compose_CodesOfAnotherMethodOrOtherSizes_SaysSo()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var method = new MganpriorMethod();
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 1), [1], ("split", "2"), ("codes", "2"));
        using var run = method.Start(problem);
        var pmsfc = new PmsfcMethod();
        var settings = pmsfc.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "2" }).Settings!;
        var more = method.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "2", ["codes"] = "3" }).Settings!;

        var partition = Problems.Partition(generator, 2, 3);
        Should
            .Throw<CheckpointException>(() => ComposedFeatures.Compose(generator, pmsfc, settings, partition, run.Codes(0), "codes"))
            .Message.ShouldBe("codes holds codes of the method 'mganprior', not 'pmsfc'.");
        Should
            .Throw<CheckpointException>(() => ComposedFeatures.Compose(generator, method, more, null, run.Codes(0), "codes"))
            .Message.ShouldContain("'z' with shape [2, 6], but [3, 6] is needed");
        Should.Throw<ArgumentException>(() => pmsfc.CreateComposition(generator, settings, null));
    }

    [Fact]
    public void Analyses_OfBothKinds_LeaveNoTensor()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var targets = Problems.Targets(generator, 2);
        var method = new PmsfcMethod();
        var problem = Problems.Create(method, generator, targets, [1, 2], ("split", "2"), ("codes", "2"));
        using var run = method.Start(problem);
        var (first, second) = (run.Codes(0), run.Codes(1));
        var partition = problem.Partition!;
        Analyse();
        var before = Tensor.TotalCount;

        Analyse();

        Tensor.TotalCount.ShouldBe(before);

        void Analyse()
        {
            using var scope = NewDisposeScope();
            var a = ComposedFeatures.Compose(generator, method, problem.Settings, partition, first, "a");
            var b = ComposedFeatures.Compose(generator, method, problem.Settings, partition, second, "b");
            _ = FeatureSwap.Images(generator, 2, a, b, partition);
            _ = FeatureInterpolation.Images(generator, 2, a, b, 3);
        }
    }

    /// <summary>Two images, inverted for a few iterations, and their features from the codes that the run would store.</summary>
    private static (Tensor Reconstructions, SplitFeatures A, SplitFeatures B, ChannelPartition Partition) Invert(
        string name,
        IGenerator generator
    )
    {
        var method = (IFeatureComposingMethod)EngineCatalog.BuiltIn.FindMethod(name)!;
        var targets = Problems.Targets(generator, 2);
        var problem = Problems.Create(method, generator, targets, [1, 2], ("split", "3"), ("codes", "3"), ("iterations", "10"));
        using var run = method.Start(problem);
        while (!run.IsFinished)
            run.Step();
        return (run.Reconstruct(), Compose(0), Compose(1), problem.Partition ?? new ChannelPartition(new int[128], 1));

        SplitFeatures Compose(int image) =>
            ComposedFeatures.Compose(generator, method, problem.Settings, problem.Partition, run.Codes(image), $"codes {image}");
    }
}
