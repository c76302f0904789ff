using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using PmSFC.Engine.Training;
using PmSFC.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Training;

public sealed class TrainingImagesTests
{
    private static readonly int Side = RandomGenerator.Tiny.Resolution,
        Latent = RandomGenerator.Tiny.LatentSize;
    private static readonly EncoderTraining Training = new();

    [Fact]
    public void Images_OfAGenerator_AreItsSamplesWithinTheRangeOfImages()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var model = new Learner(Problem(generator));

        var (images, codes) = (model.Draw(7, 5), model.DrawCodes(7, 5));

        images.shape.ShouldBe([5, 3, Side, Side]);
        images.requires_grad.ShouldBeFalse();
        Difference(images, generator.Forward(codes).clamp(-1, 1)).ShouldBe(0);
        Difference(images, model.Draw(7, 5)).ShouldBe(0);
        Difference(images, model.Draw(8, 5)).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Images_OfAUser_AreDrawnEvenlyAndMirroredHalfOfTheTime()
    {
        const int Count = 5,
            Draws = 2000;
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var given = Given(Count);
        using var model = new Learner(Problem(generator) with { Images = given });

        var drawn = ImageTensors.FromTensor(model.Draw(3, Draws));
        var plain = given.Images.Select(image => drawn.Count(image.Equals)).ToArray();
        var mirrored = given.Images.Select(Mirror).Select(image => drawn.Count(image.Equals)).ToArray();

        (plain.Sum() + mirrored.Sum()).ShouldBe(Draws);
        // A binomial of 2000 draws at 1/10 has a deviation of 13.
        plain.Concat(mirrored).ShouldAllBe(count => Math.Abs(count - Draws / (2 * Count)) < 65);
    }

    [Fact]
    public void Images_OfAUser_AreDeterminedBySeedAndIteration()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var problem = Problem(generator) with { Images = Given(50) };
        using var model = new Learner(problem);
        using var same = new Learner(problem);
        using var other = new Learner(problem with { Seed = 4 });

        Difference(model.Draw(3, 8), same.Draw(3, 8)).ShouldBe(0);
        Difference(model.Draw(3, 8), model.Draw(4, 8)).ShouldBeGreaterThan(0.1);
        Difference(model.Draw(3, 8), other.Draw(3, 8)).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Encoder_OfImages_LearnsFromTheImageTermAlone()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var samples = new TrainingImages("of 12", ImageTensors.FromTensor(generator.Forward(TestTensors.Normal(5, 12, Latent))));
        using var run = Start(generator, samples, ("iterations", "100"), ("batch", "6"), ("width", "8"), ("learning-rate", "0.005"));
        while (run.Iteration < run.Iterations)
            run.Step();
        var network = run.Finish();

        network.ImagesId.ShouldBe("of 12");
        network.LossHistory.ShouldAllBe(point => point.Values[0] == 0);
        network.LossHistory.TakeLast(10).Average(point => point.Values[1]).ShouldBeLessThan(0.8f * network.LossHistory[0].Values[1]);
        TrainedNetwork.FromJson(network.ToJson(), network.Weights).ImagesId.ShouldBe("of 12");
    }

    [Fact]
    public void Restore_OfATrainingOnImages_GoesOnExactlyWithTheSameImagesAlone()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var whole = Start(generator, Given(9));
        using var resumed = Start(generator, Given(9));
        using var others = Start(generator, Given(8));
        using var samples = Start(generator, null);
        for (var i = 0; i < 5; i++)
            whole.Step();
        var checkpoint = whole.Checkpoint();
        resumed.Restore(checkpoint);
        while (whole.Iteration < whole.Iterations)
            whole.Step();
        while (resumed.Iteration < resumed.Iterations)
            resumed.Step();

        resumed.Finish().Weights.ToArray().ShouldBe(whole.Finish().Weights.ToArray());
        foreach (var wrong in (TrainingRun[])[others, samples])
            Should.Throw<CheckpointException>(() => wrong.Restore(checkpoint)).Message.ShouldContain("another training");
    }

    [Fact]
    public void Step_OnImages_LeavesNoTensorBehind()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, Given(3), ("iterations", "60"));
        run.Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 50; i++)
            run.Step();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Start_OnImagesOfAnotherSize_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var images = new TrainingImages("wide", [Picture(0), new RgbImage(2 * Side, Side, new byte[6 * Side * Side])]);

        Should.Throw<ArgumentException>(() => Start(generator, images)).Message.ShouldContain($"{2 * Side}×{Side}");
    }

    [Fact]
    public void CheckForImages_CodesAskedFor_SaysThatNobodyKnowsThem()
    {
        IImageTraining training = Training;

        training.CheckForImages(Settings()).ShouldHaveSingleItem().Message.ShouldContain("nobody knows the codes");
        training.CheckForImages(Settings(("code-weight", "0"))).ShouldBeEmpty();
    }

    private static TrainingRun Start(IGenerator generator, TrainingImages? images, params (string Name, string Value)[] settings) =>
        Training.Start(
            new TrainingProblem
            {
                Generator = generator,
                Settings = Settings([("iterations", "12"), ("batch", "4"), ("width", "5"), ("code-weight", "0"), .. settings]),
                Seed = 3,
                Images = images,
            }
        );

    private static TrainingProblem Problem(IGenerator generator) =>
        new()
        {
            Generator = generator,
            Settings = Settings(),
            Seed = 3,
        };

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        Training
            .Settings.Resolve(null, settings.GroupBy(pair => pair.Name).ToDictionary(same => same.Key, same => same.Last().Value))
            .Settings.ShouldNotBeNull();

    private static TrainingImages Given(int count) => new($"of {count}", [.. Enumerable.Range(0, count).Select(Picture)]);

    private static RgbImage Picture(int number)
    {
        var pixels = new byte[3 * Side * Side];
        new Random(number).NextBytes(pixels.AsSpan(0, 3));
        for (var i = 3; i < pixels.Length; i++)
            pixels[i] = (byte)(pixels[i - 3] + number % 7 + 1);
        return new RgbImage(Side, Side, pixels);
    }

    private static RgbImage Mirror(RgbImage image)
    {
        var pixels = new byte[3 * Side * Side];
        for (var i = 0; i < Side * Side; i++)
            image.Pixels.Slice(3 * (i / Side * Side + Side - 1 - i % Side), 3).CopyTo(pixels.AsSpan(3 * i));
        return new RgbImage(Side, Side, pixels);
    }

    private static double Difference(Tensor a, Tensor b) => (a - b).abs().max().item<float>();

    private sealed class Learner(TrainingProblem problem) : TrainingModel(problem)
    {
        public override IReadOnlyList<string> Terms => [];

        public override (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration) => throw new NotSupportedException();

        public Tensor Draw(int iteration, int batch) => Images(iteration, batch);

        public Tensor DrawCodes(int iteration, int batch) => Codes(iteration, batch);
    }
}
