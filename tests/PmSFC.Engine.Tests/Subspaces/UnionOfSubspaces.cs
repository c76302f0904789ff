using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>
/// Channels of known subspaces: each is a random combination of its own subspace's random basis, scaled to the length of a map of unit
/// values, and channels of different subspaces are shuffled.
/// </summary>
internal sealed class UnionOfSubspaces
{
    public const int Subspaces = 6;
    public const int Dimension = 4;
    public const int Resolution = 8;

    private static readonly int[] Sizes = [8, 10, 12, 14, 16, 18];

    public UnionOfSubspaces(long seed)
    {
        var random = new SplitMix64(seed);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal(random))];

        Labels = [.. Sizes.SelectMany((size, label) => Enumerable.Repeat(label, size))];
        random.Shuffle(Labels.AsSpan());
        var positions = Resolution * Resolution;
        var bases = Sizes.Select(_ => Enumerable.Range(0, Dimension).Select(_ => Draw(positions)).ToArray()).ToArray();
        Maps = new float[Labels.Length * positions];
        for (var c = 0; c < Labels.Length; c++)
        {
            var weights = Draw(Dimension);
            var basis = bases[Labels[c]];
            var map = Enumerable.Range(0, positions).Select(i => weights.Select((weight, d) => weight * basis[d][i]).Sum()).ToArray();
            var scale = Math.Sqrt(positions / map.Sum(value => value * value));
            for (var i = 0; i < positions; i++)
                Maps[c * positions + i] = (float)(scale * map[i]);
        }
    }

    public int[] Labels { get; }

    public int Channels => Labels.Length;

    /// <summary>[C, h, w], row-major.</summary>
    public float[] Maps { get; }

    private static double Normal(SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
