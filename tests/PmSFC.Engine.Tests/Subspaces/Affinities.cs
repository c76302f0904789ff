using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>Affinities with groups of known strength.</summary>
internal static class Affinities
{
    /// <summary>Noisy coefficients, <paramref name="strength"/> times as large inside groups as between them.</summary>
    public static float[] Planted(IReadOnlyList<int> labels, double strength, long seed)
    {
        var random = new SplitMix64(seed);
        var coefficients = new float[labels.Count * labels.Count];
        for (var i = 0; i < labels.Count; i++)
        {
            for (var j = 0; j < labels.Count; j++)
            {
                var scale = labels[i] == labels[j] ? strength : 1;
                if (i != j)
                    coefficients[i * labels.Count + j] = (float)((random.NextDouble() - 0.2) * scale);
            }
        }

        return coefficients;
    }

    public static float[] Permuted(float[] coefficients, IReadOnlyList<int> order)
    {
        var permuted = new float[coefficients.Length];
        for (var i = 0; i < order.Count; i++)
        {
            for (var j = 0; j < order.Count; j++)
                permuted[i * order.Count + j] = coefficients[order[i] * order.Count + order[j]];
        }

        return permuted;
    }

    public static int[] Order(int count, long seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new SplitMix64(seed).Shuffle(order.AsSpan());
        return order;
    }

    public static AffinityMatrix Matrix(float[] coefficients) =>
        AffinityMatrix.FromCoefficients(coefficients, (int)Math.Sqrt(coefficients.Length));
}
