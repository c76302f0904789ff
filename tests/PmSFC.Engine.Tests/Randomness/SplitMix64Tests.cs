using FsCheck.Xunit;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Tests.Randomness;

public sealed class SplitMix64Tests
{
    [Fact]
    public void NextDouble_KnownSeed_GivesThePublishedStream()
    {
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        var random = new SplitMix64(1234567);

        foreach (var value in published)
            random.NextDouble().ShouldBe((value >> 11) / Math.Pow(2, 53));
    }

    [Fact]
    public void NextIndex_ManyDraws_HitEveryIndexAboutEquallyOften()
    {
        var random = new SplitMix64(3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[random.NextIndex(7)]++;

        // Six standard deviations of a binomial count.
        foreach (var count in counts)
            count.ShouldBeInRange(10_000 - 560, 10_000 + 560);
    }

    [Property]
    public bool Shuffle_AnyItems_KeepsThem(int[] items, long seed)
    {
        var shuffled = items.ToArray();
        new SplitMix64(seed).Shuffle(shuffled.AsSpan());
        return shuffled.Order().SequenceEqual(items.Order());
    }

    [Property]
    public bool Derive_OtherIndex_GivesAnotherSeed(long seed, int index) =>
        SplitMix64.Derive(seed, index) != SplitMix64.Derive(seed, index + 1L);
}
