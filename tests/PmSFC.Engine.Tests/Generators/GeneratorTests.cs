using PmSFC.Engine.Generators;
using PmSFC.Engine.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class GeneratorTests
{
    [Fact]
    public void UpperOfLower_AtEverySplitOfTheBundledGenerator_EqualsForward()
    {
        using var scope = NewDisposeScope();
        using var generator = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Load(CPU);
        var z = Codes(3, generator.Architecture.LatentSize);
        var whole = generator.Forward(z);

        whole.shape.ShouldBe([3, 3, 64, 64]);
        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            var features = generator.Lower(z, split);
            features.Context.ShouldBeEmpty();
            features.Maps.shape.ShouldBe([
                3,
                generator.Architecture.ChannelsAt(split),
                generator.Architecture.ResolutionAt(split),
                generator.Architecture.ResolutionAt(split),
            ]);
            Difference(generator.Upper(features, split), whole).ShouldBe(0f);
        }
    }

    [Fact]
    public void Restricted_AtEverySplitOfTheBundledGenerator_EqualsChannelsOfTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Load(CPU);
        var z = Codes(2 * 3 * 2, generator.Architecture.LatentSize);
        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            var channels = generator.Architecture.ChannelsAt(split);
            var partition = new ChannelPartition([.. Enumerable.Range(0, channels).Select(c => c * c % 7 % 3)], 3);
            using var restricted = generator.Restrict(partition, split);
            var parts = restricted.Forward(z.view(2, 3, 2, -1)).Maps;
            var whole = generator.Lower(z, split).Maps.view(2, 3, 2, channels, generator.Architecture.ResolutionAt(split), -1);
            for (var r = 0; r < 3; r++)
            {
                var expected = whole.select(1, r).index_select(2, tensor(partition.ChannelsOf(r).Select(c => (long)c).ToArray()));
                Difference(parts[r], expected).ShouldBeLessThan(2e-5f);
            }
        }
    }

    [Fact]
    public void Forward_OfTheBundledGenerator_LeavesTheRangeOfImagesAtFewPixelsOnly()
    {
        using var scope = NewDisposeScope();
        using var generator = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Load(CPU);
        var images = generator.Forward(Codes(16, generator.Architecture.LatentSize));

        // The samples that its training left have a deviation of 0.52 and 2 % of their values at the ends.
        images.clamp(-1, 1).std().item<float>().ShouldBe(0.52f, 0.05f);
        images.abs().gt(1).to(ScalarType.Float32).mean().item<float>().ShouldBeLessThan(0.06f);
    }

    [Fact]
    public void Lower_AtASplitOutOfRange_SaysTheRange()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);

        Should.Throw<ArgumentOutOfRangeException>(() => generator.Lower(Codes(1, 6), 4)).Message.ShouldContain("1 to 3");
    }

    private static Tensor Codes(int count, int latent)
    {
        using var random = new torch.Generator(7, CPU);
        return randn([count, latent], generator: random);
    }

    private static float Difference(Tensor a, Tensor b) => (a - b).abs().max().item<float>();
}
