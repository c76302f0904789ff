using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class InversionRunTests
{
    private static readonly PmsfcMethod Pmsfc = new();

    public static TheoryData<string> Methods => [.. EngineCatalog.BuiltIn.Methods.Select(method => method.Name)];

    public static TheoryData<string> Searches => [.. Problems.Searches];

    /// <summary>What is computed is the same at any size, so a small generator shows it; single precision is held to the bundled one below.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Batch_OfEightInDoublePrecision_EqualsEightSingleRuns(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.NeedsStyles(name)
            ? Problems.Load(RandomStyleGan2.File(RandomStyleGan2.Small), ScalarType.Float64)
            : RandomGenerator.Load(RandomGenerator.Small, ScalarType.Float64);
        using var perceptual = DiscriminatorFeatures.Load(
            StateDict.Read(
                RandomGenerator.DiscriminatorFile(generator.Architecture.Resolution, Widths(generator.Architecture.Resolution)),
                "V"
            ),
            CPU,
            ScalarType.Float64
        );
        DifferenceOfBatches(name, generator, perceptual, images: 8, iterations: 3).ShouldBeLessThan(1e-8f);
    }

    /// <summary>
    /// Sums of another batch round differently, and Adam divides early gradients by their own size, which makes much of little: the tolerance is a
    /// mean over pixels of range −1 to 1.
    /// </summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Batch_OfThreeInSinglePrecision_EqualsThreeSingleRunsUpToRounding(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.NeedsStyles(name) ? Problems.Load(Repository.BundledStyleGan2) : Problems.BundledGenerator();
        using var perceptual = Problems.BundledFeatures();
        DifferenceOfBatches(name, generator, perceptual, images: 3, iterations: 5).ShouldBeLessThan(0.01f);
    }

    /// <summary>What lets a resumed job end as an undisturbed one: at equal width, neither place nor company changes a bit of a result.</summary>
    [Theory]
    [InlineData("pmsfc")]
    [InlineData("mganprior")]
    public void Batch_OfTheSameWidthInOtherCompany_GivesTheSameBits(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        using var perceptual = Problems.BundledFeatures();
        var method = Problems.Search(name);
        var targets = Problems.Targets(generator, 4);
        var whole = Invert([0, 1, 2, 3]);
        var other = Invert([2, 0, 2, 2]);

        TestTensors.Difference(other[0], whole[2]).ShouldBe(0f);
        TestTensors.Difference(other[1], whole[0]).ShouldBe(0f);

        Tensor Invert(long[] images)
        {
            var some = targets.index_select(0, tensor(images));
            using var run = method.Start(
                Problems.Create(method, generator, perceptual, some, images, ("iterations", "12"), ("codes", "4"))
            );
            Repeat(run, 12);
            return run.Reconstruct();
        }
    }

    /// <returns>The mean absolute difference of the image that differs most.</returns>
    private static float DifferenceOfBatches(string name, IGenerator generator, IPerceptualNetwork perceptual, int images, int iterations)
    {
        var method = EngineCatalog.BuiltIn.FindMethod(name)!;
        var targets = Problems.Targets(generator, images);
        var together = Invert(targets, [.. Enumerable.Range(0, images).Select(i => (long)i)]);
        return Enumerable
            .Range(0, images)
            .Max(i => TestTensors.MeanDifference(Invert(targets.narrow(0, i, 1), [i]), together.narrow(0, i, 1)));

        Tensor Invert(Tensor some, long[] seeds)
        {
            (string, string)[] settings =
            [
                ("iterations", $"{iterations}"),
                ("codes", "2"),
                ("restarts", "2"),
                ("channels", "8"),
                ("samples", "16"),
            ];
            using var reconstruction = Problems.Reconstruct(method, Problems.Create(method, generator, perceptual, some, seeds, settings));
            return reconstruction.Reconstruct();
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Restore_InTheMiddle_GoesOnExactlyAsIfNeverStopped(string name)
    {
        // Seeds are those of the jobs, and not in checkpoints: where a step draws new numbers, they tell which.
        long[] others = name is "dip" or "projector" or "pti" ? [4, 5, 6] : [7, 8, 9];
        using var scope = NewDisposeScope();
        using var generator = Problems.TinyGenerator(name);
        var method = Problems.Search(name);
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 3),
            [4, 5, 6],
            ("split", "2"),
            ("channels", "8"),
            ("iterations", "40"),
            ("input-jitter", "0.03")
        );
        using var whole = method.Start(problem);
        using var resumed = method.Start(problem with { Seeds = others });
        Repeat(whole, 15);
        var checkpoints = Enumerable.Range(0, 3).Select(whole.Checkpoint).ToArray();
        resumed.Restore(checkpoints);

        resumed.Iteration.ShouldBe(15);
        InversionRun.CheckpointIteration(checkpoints[0]).ShouldBe(15);
        Repeat(whole, 25);
        Repeat(resumed, 25);
        resumed.IsFinished.ShouldBeTrue();
        resumed.Losses().ShouldBe(whole.Losses());
        for (var image = 0; image < 3; image++)
            resumed.Checkpoint(image).AsSpan().SequenceEqual(whole.Checkpoint(image)).ShouldBeTrue();
    }

    [Fact]
    public void Restore_OfCheckpointsThatDoNotFit_SaysWhy()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var method = new PmsfcMethod();
        var other = new MganpriorMethod();
        var targets = Problems.Targets(generator, 1);
        using var run = method.Start(Problems.Create(method, generator, targets, [1], ("split", "2"), ("codes", "2")));
        using var differentSize = method.Start(Problems.Create(method, generator, targets, [1], ("split", "2"), ("codes", "3")));
        using var differentMethod = other.Start(Problems.Create(other, generator, targets, [1], ("split", "2"), ("codes", "3")));

        Should.Throw<CheckpointException>(() => run.Restore([differentSize.Checkpoint(0)])).Message.ShouldContain("[3, 3, 6]");
        Should
            .Throw<CheckpointException>(() => run.Restore([differentMethod.Checkpoint(0)]))
            .Message.ShouldContain("'mganprior', not 'pmsfc'");
        Should.Throw<CheckpointException>(() => run.Restore([run.Checkpoint(0)[..^8]])).Message.ShouldContain("cut short");
        Should.Throw<CheckpointException>(() => run.Restore([run.Codes(0)])).Message.ShouldContain("lacks the tensor 'z.m'");
        Should.Throw<ArgumentException>(() => run.Restore([])).Message.ShouldContain("0 checkpoints for 1 images");
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void Losses_AsTheSearchGoesOn_Fall(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.TinyGenerator(name);
        var method = Problems.Search(name);
        using var run = method.Start(
            Problems.Create(
                method,
                generator,
                Problems.Targets(generator, 2),
                [1, 2],
                ("split", "2"),
                ("iterations", "60"),
                ("codes", "3"),
                ("channels", "16")
            )
        );
        var before = run.Losses();
        Repeat(run, 60);

        run.Losses().Zip(before, (after, start) => after / start).ShouldAllBe(ratio => ratio < 0.7f);
        Should.Throw<InvalidOperationException>(run.Step).Message.ShouldContain("60 iterations");
    }

    [Fact]
    public void Losses_OfTheFirstStep_AreThoseOfTheStart()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var method = new PmsfcMethod();
        using var run = method.Start(Problems.Create(method, generator, Problems.Targets(generator, 2), [1, 2], ("split", "2")));
        var start = run.Losses();
        run.Step();

        run.Losses().ShouldBe(start);
    }

    /// <summary>Both readings of Eq. 8 that docs/fidelity.md names: sums with weight 1, and means with V's weight 0.001.</summary>
    [Fact]
    public void Losses_OfTheTwoReadingsOfEquation8_AreSumsAndWeightedMeans()
    {
        const int Pixels = 3 * 8 * 8;
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var perceptual = DiscriminatorFeatures.Load(StateDict.Read(RandomGenerator.DiscriminatorFile(8, [4, 5]), "V"), CPU);
        using var targets = Problems.Targets(generator, 1);
        var features = perceptual.Features(targets).NumberOfElements;
        var (pixels, both) = (Loss("mean", "0"), Loss("mean", "1"));

        Loss("sum", "1").ShouldBe(pixels * Pixels + (both - pixels) * features, 1e-4 * both * features);
        Loss("mean", "0.001").ShouldBe(pixels + 0.001 * (both - pixels), 1e-6 * both);

        double Loss(string norms, string weight)
        {
            using var run = Pmsfc.Start(
                Problems.Create(
                    Pmsfc,
                    generator,
                    perceptual,
                    targets,
                    [1],
                    ("split", "2"),
                    ("codes", "2"),
                    ("norms", norms),
                    ("perceptual-weight", weight)
                )
            );
            return run.Losses()[0];
        }
    }

    [Fact]
    public void Losses_WhereTheStepIsFarTooLarge_ShowDivergence()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var method = new MganpriorMethod();
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 1),
            [1],
            ("split", "2"),
            ("optimizer", "sgd"),
            ("learning-rate", "1e6"),
            ("norms", "sum")
        );
        using var run = method.Start(problem with { Targets = problem.Targets * 1e30 });
        Repeat(run, 5);

        run.Losses().ShouldAllBe(loss => !float.IsFinite(loss));
    }

    [Fact]
    public void Start_FromSeeds_DrawsDifferentCodesForDifferentSeedsAndTheSameForTheSame()
    {
        using var scope = NewDisposeScope();
        var codes = CodeStart.Draw([5, -1, 5], [3, 2, 6], CPU, ScalarType.Float32);

        TestTensors.Difference(codes[0], codes[2]).ShouldBe(0f);
        TestTensors.Difference(codes[0], codes[1]).ShouldBeGreaterThan(0.1f);
        var many = CodeStart.Draw([12], [100, 100], CPU, ScalarType.Float32);
        many.mean().item<float>().ShouldBe(0f, 0.04f);
        many.std().item<float>().ShouldBe(1f, 0.03f);
    }

    [Fact]
    public void Start_WhereAPartIsMissing_SaysWhich()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var method = new PmsfcMethod();
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 1), [1], ("split", "2"));
        var withNetwork = method.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "2" }).Settings!;
        var deep = method.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "9" }).Settings!;

        Should.Throw<ArgumentException>(() => method.Start(problem with { Partition = null })).Message.ShouldContain("subspaces");
        Should.Throw<ArgumentException>(() => method.Start(problem with { Seeds = [1, 2] })).Message.ShouldContain("[2, 3, 8, 8]");
        Should
            .Throw<ArgumentException>(() => method.Start(problem with { Settings = withNetwork }))
            .Message.ShouldContain(PerceptualSetting.Discriminator);
        Should.Throw<ArgumentException>(() => method.Start(problem with { Settings = deep })).Message.ShouldContain("after 1 to 3 blocks");
        Should
            .Throw<ArgumentException>(() => method.Start(problem with { Partition = new([0, 1], 2) }))
            .Message.ShouldContain("2 channels");
    }

    private static int[] Widths(int resolution) => [.. Enumerable.Range(4, int.Log2(resolution) - 1)];

    private static void Repeat(InversionRun run, int steps)
    {
        for (var i = 0; i < steps; i++)
            run.Step();
    }
}
