using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class MeanImageTests
{
    private static readonly IInversionMethod Method = EngineCatalog.BuiltIn.FindMethod("mean-image")!;

    [Fact]
    public void Start_OfTwoTargets_GivesBothTheMeanOfTheSamples()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var run = Method.Start(Problems.Create(Method, generator, Problems.Targets(generator, 2), [1, 2], ("samples", "11")));
        using var off = no_grad();
        var size = generator.Architecture.LatentSize;
        var expected = generator.Forward(cat([NormalNumbers.Draw(0, 0, 8, size), NormalNumbers.Draw(0, 8, 3, size)])).mean([0L], keepdim: true);

        TestTensors.Difference(run.Reconstruct(), expected.expand(2, -1, -1, -1)).ShouldBeLessThan(1e-5f);
        run.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void Start_AnotherSampleSeed_GivesAnotherMean()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var images = new[] { "0", "1" }.Select(seed =>
        {
            using var run = Method.Start(Problems.Create(Method, generator, Problems.Targets(generator, 1), [1], ("samples", "8"), ("sample-seed", seed)));
            return run.Reconstruct();
        }).ToArray();

        TestTensors.Difference(images[0], images[1]).ShouldBeGreaterThan(1e-3f);
    }
}
