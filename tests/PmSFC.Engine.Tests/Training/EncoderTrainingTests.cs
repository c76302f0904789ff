using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using PmSFC.Engine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Training;

public sealed class EncoderTrainingTests
{
    private static readonly EncoderTraining Training = new();

    [Fact]
    public void Finish_OfATrainedEncoder_ReconstructsSamplesBetterThanRandomCodesDo()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, Settings(("iterations", "300"), ("batch", "16"), ("width", "16")), seed: 1);
        var network = Finish(run);

        using var encoder = Encoder.Load(network, generator);
        var images = generator.Forward(TestTensors.Normal(1000, 64, 6));
        var reconstructed = generator.Forward(encoder.Encode(images));
        var random = generator.Forward(TestTensors.Normal(1001, 64, 6));
        var error = (reconstructed - images).square().mean().item<float>();
        error.ShouldBeLessThan(0.25f * (random - images).square().mean().item<float>());

        network.Terms.ShouldBe(["code", "image"]);
        network.LossHistory[0].Iteration.ShouldBe(1);
        network.LossHistory[^1].Iteration.ShouldBe(300);
        for (var term = 0; term < 2; term++)
            network
                .LossHistory.TakeLast(10)
                .Average(point => point.Values[term])
                .ShouldBeLessThan(0.5f * network.LossHistory[0].Values[term]);
    }

    [Fact]
    public void Restore_InTheMiddle_GoesOnExactly()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var settings = Settings(("iterations", "12"), ("batch", "4"), ("width", "5"));
        using var whole = Start(generator, settings, seed: 3);
        using var resumed = Start(generator, settings, seed: 3);
        for (var i = 0; i < 5; i++)
            whole.Step();
        var checkpoint = whole.Checkpoint();
        resumed.Restore(checkpoint);

        resumed.Iteration.ShouldBe(5);
        resumed.Losses()!.Values.ShouldBe(whole.Losses()!.Values);
        resumed.Checkpoint().ShouldBe(checkpoint);
        var (expected, network) = (Finish(whole), Finish(resumed));
        network.Weights.ToArray().ShouldBe(expected.Weights.ToArray());
        network.ToJson().ShouldBe(expected.ToJson());
        Should.Throw<InvalidOperationException>(whole.Step).Message.ShouldContain("12 iterations");
    }

    [Fact]
    public void Restore_OfACheckpointThatDoesNotFit_SaysWhy()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var one = Start(generator, Settings(), seed: 1);
        using var other = Start(generator, Settings(), seed: 2);

        Should.Throw<CheckpointException>(() => other.Restore(one.Checkpoint())).Message.ShouldContain("another training");
        Should.Throw<CheckpointException>(() => other.Restore([1, 2, 3]));
        Should.Throw<InvalidOperationException>(() => one.Finish()).Message.ShouldContain("0 of");
    }

    [Fact]
    public void Step_ManyTimes_LeavesNoTensorBehind()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, Settings(("batch", "2"), ("width", "4")), seed: 1);
        run.Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 200; i++)
            run.Step();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    /// <summary>The forward pass, the losses, Adam and its schedule, with channels that are no multiple of 16 among them.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Losses_OfTheFirstSteps_FollowPyTorch()
    {
        const int Steps = 6,
            Batch = 4,
            Seed = 9;
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        using var run = Start(
            generator,
            Settings(("iterations", "8"), ("batch", $"{Batch}"), ("width", "12"), ("image-weight", "3"), ("code-weight", "0.5")),
            Seed
        );
        var codes = stack(Enumerable.Range(0, Steps).Select(i => TestTensors.Normal(SplitMix64.Derive(Seed, i), Batch, 128)).ToArray());
        var start = SafetensorsFile.Read(run.Checkpoint(), "start");
        var writer = new SafetensorsWriter()
            .Add("codes", TestTensors.Floats(codes), codes.shape)
            .AddMetadata("iterations", "8")
            .AddMetadata("learning_rate", "0.001")
            .AddMetadata("code_weight", "0.5")
            .AddMetadata("image_weight", "3");
        var weights = new SafetensorsWriter();
        foreach (
            var entry in start.Header.Entries.Values.Where(entry =>
                entry.Name.EndsWith("weight", StringComparison.Ordinal) || entry.Name.EndsWith("bias", StringComparison.Ordinal)
            )
        )
        {
            var value = tensor(start.ReadFloats(entry.Name, [.. entry.Shape])).view([.. entry.Shape]);
            if (value.dim() == 4)
                value = value.permute(0, 3, 1, 2);
            writer.Add(entry.Name, TestTensors.Floats(value), value.shape);
            weights.Add(entry.Name, TestTensors.Floats(value), value.shape);
        }

        using var encoder = Encoder.Load(Network(weights.ToArray(), "12"), generator);
        var found = TestTensors.Floats(encoder.Encode(generator.Forward(NetworkLayers.PixelNorm(codes[0]))));
        var terms = Enumerable
            .Range(0, Steps)
            .SelectMany(_ =>
            {
                run.Step();
                return run.Losses()!.Values;
            })
            .ToArray();

        var theirs = Reference.Run("encoder_reference.py", "codes", Repository.BundledGenerator, writer.ToArray());
        found.Zip(theirs, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f);
        var theirTerms = Reference.Run("encoder_reference.py", "terms", Repository.BundledGenerator, writer.ToArray());
        terms.Length.ShouldBe(theirTerms.Length);
        terms.Zip(theirTerms, (a, b) => Math.Abs(a - b) / b).Max().ShouldBeLessThan(2e-3f);
    }

    [Fact]
    public void Load_OfWeightsThatDoNotFit_SaysWhy()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, Settings(("iterations", "1"), ("batch", "1"), ("width", "4")), seed: 1);
        var network = Finish(run);
        using var larger = RandomGenerator.Load(new PgganArchitecture(6, [8, 8, 8, 8, 8, 8]));

        Should.Throw<CheckpointException>(() => Encoder.Load(network, larger)).Message.ShouldContain("1.down");
        Should.Throw<CheckpointException>(() => Encoder.Load(network with { Weights = network.Weights[..^4] }, generator));
    }

    [Fact]
    public void FromJson_OfItsOwnCard_IsTheNetwork()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, Settings(("iterations", "2"), ("batch", "1"), ("width", "4")), seed: 1);
        var network = Finish(run);

        var read = TrainedNetwork.FromJson(network.ToJson(), network.Weights);

        read.ToJson().ShouldBe(network.ToJson());
        read.Settings["width"].ShouldBe("4");
        read.Weights.Length.ShouldBe(network.Weights.Length);
    }

    [Fact]
    public void Check_WithoutAnyTerm_SaysSo()
    {
        var issue = Training.Check(Settings(("code-weight", "0"), ("image-weight", "0")), RandomGenerator.Tiny).ShouldHaveSingleItem();

        issue.Message.ShouldContain("nothing to learn");
    }

    [Fact]
    public void Estimate_OfALargerBatch_IsLarger()
    {
        var (one, many) = (Estimate("1"), Estimate("16"));

        many.MultiplyAddsPerIteration.ShouldBe(16 * one.MultiplyAddsPerIteration, 1e-6 * many.MultiplyAddsPerIteration);
        many.Bytes.ShouldBeGreaterThan(2 * one.Bytes);

        Engine.Costs.WorkEstimate Estimate(string batch) => Training.Estimate(Settings(("batch", batch)), RandomGenerator.Paper(64));
    }

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        Training.Settings.Resolve(null, settings.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();

    private static TrainedNetwork Network(byte[] weights, string width) =>
        new()
        {
            Kind = "encoder",
            Settings = Settings(("width", width)),
            Seed = 0,
            Terms = [],
            LossHistory = [],
            Weights = weights,
        };

    private static TrainingRun Start(IGenerator generator, ResolvedSettings settings, long seed) =>
        Training.Start(
            new TrainingProblem
            {
                Generator = generator,
                Settings = settings,
                Seed = seed,
            }
        );

    private static TrainedNetwork Finish(TrainingRun run)
    {
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }
}
