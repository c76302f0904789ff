using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.MeanImage;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class MeanImageTests
{
    private static readonly MeanImageMethod Method = new();
    private static readonly MeanImagePreparation Preparation = new();

    [Fact]
    public void Reconstruct_OfTwoTargets_GivesBothTheMeanOfTheSamples()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var reconstruction = Method.Reconstruct(
            Problems.Create(Method, generator, Problems.Targets(generator, 2), [1, 2], ("samples", "11"))
        );
        using var off = no_grad();
        var size = generator.Architecture.LatentSize;
        var expected = generator
            .Forward(cat([NormalNumbers.Draw(1, 1, 8, size), NormalNumbers.Draw(1, 2, 3, size)]))
            .mean([0L], keepdim: true);

        TestTensors.Difference(reconstruction.Reconstruct(), expected.expand(2, -1, -1, -1)).ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Finish_AnotherSeed_GivesAnotherMean()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var one = Start(generator, 8, seed: 1);
        using var other = Start(generator, 8, seed: 2);
        one.Step();
        other.Step();

        Image(one, generator).Zip(Image(other, generator), (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(1e-3f);
    }

    [Fact]
    public void Restore_InTheMiddle_GoesOnExactlyAsIfNeverStopped()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var whole = Start(generator, 20, seed: 1);
        using var resumed = Start(generator, 20, seed: 1);
        whole.Step();
        Should.Throw<InvalidOperationException>(whole.Finish).Message.ShouldContain("1 of 3");
        resumed.Restore(whole.Checkpoint());
        for (var batch = 1; batch < 3; batch++)
        {
            whole.Step();
            resumed.Step();
        }

        resumed.Finish().AsSpan().SequenceEqual(whole.Finish()).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(whole.Step);
    }

    [Fact]
    public void Restore_OfAnotherRun_IsRefused()
    {
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Start(generator, 8, seed: 1);
        using var other = Start(generator, 8, seed: 2);

        Should.Throw<CheckpointException>(() => run.Restore(other.Checkpoint())).Message.ShouldContain("another preparation");
    }

    private static ContentRun Start(IGenerator generator, int samples, long seed) =>
        Preparation.Start(
            generator,
            Preparation.Settings.Resolve(null, new Dictionary<string, string> { ["samples"] = $"{samples}" }).Settings!,
            seed,
            PreparedContents.None
        );

    private static float[] Image(ContentRun run, IGenerator generator) =>
        SafetensorsFile
            .Read(run.Finish(), "mean")
            .ReadFloats("image", 3, generator.Architecture.Resolution, generator.Architecture.Resolution);
}
