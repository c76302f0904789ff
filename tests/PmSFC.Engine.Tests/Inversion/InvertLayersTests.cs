using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Methods.InvertLayers;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class InvertLayersTests
{
    private static readonly InvertLayersMethod Method = new();

    /// <summary>30 steps, the halvings of the step size among them.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Losses_OfThirtySteps_FollowPyTorch()
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        using var perceptual = Problems.BundledFeatures();
        var targets = Problems.Targets(generator, 1);
        using var run = Method.Start(
            Problems.Create(
                Method,
                generator,
                perceptual,
                targets,
                [11],
                ("iterations", "30"),
                ("learning-rate", "0.05"),
                ("beta2", "0.999"),
                ("perceptual-weight", "0.1"),
                ("residual-weight", "2")
            )
        );
        var z = SafetensorsFile.Read(run.Codes(0), "codes").ReadFloats("z", 128);
        var problem = new SafetensorsWriter()
            .Add("z", z, 128)
            .Add("target", TestTensors.Floats(targets), 3, 64, 64)
            .AddMetadata("layers", "3")
            .AddMetadata("steps", "30")
            .AddMetadata("iterations", "30")
            .AddMetadata("learning_rate", "0.05")
            .AddMetadata("weight", "0.1")
            .AddMetadata("residual_weight", "2")
            .ToArray();

        var ours = Enumerable
            .Range(0, 30)
            .Select(_ =>
            {
                run.Step();
                return run.Losses()[0];
            })
            .ToArray();
        var theirs = Reference.Run("layers_reference.py", "losses", Repository.BundledGenerator, Repository.BundledDiscriminator, problem);

        theirs[^1].ShouldBeLessThan(theirs[0]);
        ours.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max().ShouldBeLessThan(2e-3f);
    }

    [Fact]
    public void Reconstruct_BeforeTheFirstStep_IsTheEncodersImage()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var problem = Problems.Create(Method, generator, Problems.Targets(generator, 2), [1, 2]);
        using var run = Method.Start(problem);
        using var encoder = Encoder.Load(problem.Network!, generator);

        TestTensors.Difference(run.Reconstruct(), generator.Forward(encoder.Encode(problem.Targets))).ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(799, 1)]
    [InlineData(800, 0.5)]
    [InlineData(1199, 0.5)]
    [InlineData(1200, 0.25)]
    [InlineData(1800, 0.125)]
    [InlineData(2999, 0.125)]
    public void Scale_OfThreeThousandSteps_HalvesWhereTheAuthorsDo(int iteration, double scale)
    {
        LearningRateSchedule.Bind(Settings()).Scale(iteration, 3000).ShouldBe(scale);
        LearningRateSchedule.Bind(Settings(("schedule", "constant"))).Scale(iteration, 3000).ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2400, 1)]
    [InlineData(2700, 0.5)]
    [InlineData(3000, 0)]
    public void Scale_AlongACosine_FallsInTheLastFifth(int iteration, double scale) =>
        LearningRateSchedule.Bind(Settings(("schedule", "cosine"))).Scale(iteration, 3000).ShouldBe(scale, 1e-12);

    [Fact]
    public void Start_WithoutItsEncoder_SaysWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var problem = Problems.Create(Method, generator, Problems.Targets(generator, 1), [1]);

        Should.Throw<ArgumentException>(() => Method.Start(problem with { Network = null })).Message.ShouldContain("kind 'encoder'");
        Should.Throw<ArgumentException>(() => Method.Start(problem with { Network = problem.Network! with { Kind = "decoder" } }));
    }

    [Fact]
    public void Check_MoreLayersThanTheGeneratorHas_SaysHowMany()
    {
        Method.Check(Settings(("layers", "4")), RandomGenerator.Tiny).ShouldHaveSingleItem().Message.ShouldContain("1 to 3 blocks");
        Method.Check(Settings(), new PgganArchitecture(4, [4, 4, 4, 4])).ShouldBeEmpty();
    }

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        Method.Settings.Resolve(null, settings.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();
}
