using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.SemPhoMani;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class SemPhoManiTests
{
    private static readonly SemPhoManiMethod Method = new();

    /// <summary>The second half of a run for colorization, from the features that the first half has found.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Losses_OfTheModulation_FollowPyTorch()
    {
        const int Early = 3,
            Late = 12;
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        var targets = Problems.Targets(generator, 1);
        using var gray = Problems.Bind(new ColorizationTask(), 64);
        var problem = Problems.Create(
            Method,
            generator,
            targets,
            [11],
            ("iterations", $"{Early + Late}"),
            ("start-share", "0.2"),
            ("learning-rate", "0.002"),
            ("modulation-weight", "0.3"),
            ("width", "12")
        ) with
        {
            Degradation = gray,
        };
        using var run = Method.Start(problem);
        for (var i = 0; i < Early; i++)
            run.Step();
        var losses = Enumerable
            .Range(0, Late)
            .Select(_ =>
            {
                run.Step();
                return run.Losses()[0];
            })
            .ToArray();

        var side = generator.Architecture.ResolutionAt(4);
        var channels = generator.Architecture.ChannelsAt(4);
        var writer = new SafetensorsWriter()
            .Add("features", SafetensorsFile.Read(run.Codes(0), "codes").ReadFloats("features", channels, side, side), channels, side, side)
            .Add("target", TestTensors.Floats(targets), 3, 64, 64)
            .AddMetadata("from", "4")
            .AddMetadata("steps", $"{Late}")
            .AddMetadata("learning_rate", "0.002")
            .AddMetadata("weight", "0.3");
        foreach (var layer in new[] { 6, 8, 10 })
        {
            var size = generator.Architecture.ResolutionAt(layer);
            var first = TestTensors.Normal(SplitMix64.Derive(problem.Network!.Seed, 2 * layer + 1), 12, 3, 3, 8) * Math.Sqrt(2.0 / 72);
            writer.Add(
                $"{layer}.noise",
                TestTensors.Floats(TestTensors.Normal(SplitMix64.Derive(problem.Network.Seed, 2 * layer), 8, size, size)),
                8,
                size,
                size
            );
            writer.Add($"{layer}.first", TestTensors.Floats(first.permute(0, 3, 1, 2)), 12, 8, 3, 3);
        }

        var theirs = Reference.Run("modulation_reference.py", "losses", Repository.BundledGenerator, writer.ToArray());
        theirs[^1].ShouldBeLessThan(theirs[0]);
        losses.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max().ShouldBeLessThan(2e-3f);
    }

    [Fact]
    public void Modulated_OfGenerators_AreTheLastBlocksOfTheLargestResolutionsAfterTheFeatures()
    {
        SemPhoManiMethod.Modulated(RandomGenerator.Paper(256), 4).ShouldBe([8, 10, 12, 14]);
        SemPhoManiMethod.Modulated(RandomGenerator.Paper(64), 4).ShouldBe([6, 8, 10]);
        SemPhoManiMethod.Modulated(RandomGenerator.Tiny, 3).ShouldBe([4]);
    }

    [Fact]
    public void Restore_WhileLayersAreModulated_GoesOnExactly()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var problem = Problems.Create(
            Method,
            generator,
            Problems.Targets(generator, 2),
            [4, 5],
            ("iterations", "20"),
            ("start-share", "0.5")
        );
        using var whole = Method.Start(problem);
        using var resumed = Method.Start(problem);
        Repeat(whole, 10);
        var (found, loss) = (whole.Reconstruct(), whole.Losses());
        Repeat(whole, 5);
        var checkpoints = Enumerable.Range(0, 2).Select(whole.Checkpoint).ToArray();
        InversionRun.CheckpointIteration(checkpoints[0]).ShouldBe(15);
        resumed.Restore(checkpoints);
        resumed.Iteration.ShouldBe(15);

        TestTensors.Difference(found, whole.Reconstruct()).ShouldBeGreaterThan(0);
        Repeat(whole, 5);
        Repeat(resumed, 5);
        resumed.IsFinished.ShouldBeTrue();
        for (var image = 0; image < 2; image++)
            resumed.Checkpoint(image).ShouldBe(whole.Checkpoint(image));
        whole.Losses().Zip(loss, (after, before) => after / before).ShouldAllBe(ratio => ratio < 1);
    }

    [Fact]
    public void Step_IntoTheModulation_BeginsAtWhatWasFoundAndLeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var targets = Problems.Targets(generator, 1);
        var pixels = Losses(
            ("iterations", "4"),
            ("start-share", "0.5"),
            ("learning-rate", "1e-30"),
            ("residual-weight", "0"),
            ("modulation-weight", "0")
        );
        pixels[3].ShouldBe(pixels[2], "the modulation hardly moves");
        pixels[2].ShouldBeLessThan(pixels[0]);

        using var run = Method.Start(Problems.Create(Method, generator, targets, [1], ("iterations", "300"), ("start-share", "0.01")));
        Repeat(run, 5);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Repeat(run, 200);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);

        float[] Losses(params (string Name, string Value)[] settings)
        {
            using var fewSteps = Method.Start(Problems.Create(Method, generator, targets, [1], settings));
            return
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                    {
                        fewSteps.Step();
                        return fewSteps.Losses()[0];
                    }),
            ];
        }
    }

    [Fact]
    public void Check_ResidualsBeyondTheFeatures_SaysHowMany() =>
        Method.Check(Settings(("layers", "5")), RandomGenerator.Paper(64)).ShouldHaveSingleItem().Message.ShouldContain("use 4 at most");

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        Method.Settings.Resolve(null, settings.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();

    private static void Repeat(InversionRun run, int steps)
    {
        for (var i = 0; i < steps; i++)
            run.Step();
    }
}
