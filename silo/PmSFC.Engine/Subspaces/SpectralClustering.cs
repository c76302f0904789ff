using MathNet.Numerics.LinearAlgebra.Double;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Spectral clustering (Ng, Jordan and Weiss 2002): the rows of the R leading eigenvectors of D^-½ A D^-½, scaled to length 1, are grouped
/// by k-means. All of it runs in managed code, so that the outcome does not depend on a device or a number of threads.
/// </summary>
public static class SpectralClustering
{
    private const int Starts = 50;

    /// <summary>Divides channels into subspaces.</summary>
    /// <param name="affinity">A.</param>
    /// <param name="subspaces">R, 1 to C.</param>
    /// <param name="seed">Determines the starts of k-means.</param>
    /// <returns>R subspaces, none empty, numbered in the order of their first channels.</returns>
    /// <exception cref="ArgumentOutOfRangeException">R is not from 1 to C.</exception>
    /// <exception cref="DegenerateAffinityException">The affinity does not tell R groups apart.</exception>
    public static ChannelPartition Cluster(AffinityMatrix affinity, int subspaces, long seed)
    {
        if (KMeans.Cluster(Embed(affinity, subspaces), subspaces, Starts, seed) is not { } result)
        {
            throw new DegenerateAffinityException(
                $"The affinity tells fewer than {subspaces} groups of channels apart; "
                    + "ask for fewer 'subspaces', or lower 'mu' and raise 'steps'."
            );
        }

        return new ChannelPartition(NumberByFirstChannel(result.Labels), subspaces);
    }

    /// <summary>The points that k-means groups: one of length 1 for each channel.</summary>
    /// <param name="affinity">A.</param>
    /// <param name="subspaces">R, 1 to C.</param>
    /// <returns>C rows of R numbers; the sign of each column is arbitrary.</returns>
    /// <exception cref="ArgumentOutOfRangeException">R is not from 1 to C.</exception>
    /// <exception cref="DegenerateAffinityException">A is zero, or a channel has no affinity to any other.</exception>
    public static double[][] Embed(AffinityMatrix affinity, int subspaces)
    {
        var channels = affinity.Size;
        ArgumentOutOfRangeException.ThrowIfLessThan(subspaces, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subspaces, channels);
        var scale = Array.ConvertAll(CheckedDegrees(affinity), degree => 1 / Math.Sqrt(degree));
        var eigen = DenseMatrix
            .Create(channels, channels, (i, j) => scale[i] * affinity[i, j] * scale[j])
            .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);

        // Eigenvalues ascend, so the leading eigenvectors are the last columns.
        var points = new double[channels][];
        for (var c = 0; c < channels; c++)
        {
            var row = points[c] = new double[subspaces];
            for (var k = 0; k < subspaces; k++)
                row[k] = eigen.EigenVectors[c, channels - 1 - k];
            var length = Math.Sqrt(row.Sum(value => value * value));
            for (var k = 0; k < subspaces && length > 0; k++)
                row[k] /= length;
        }

        return points;
    }

    private static double[] CheckedDegrees(AffinityMatrix affinity)
    {
        var degrees = affinity.Degrees();
        var isolated = Enumerable.Range(0, degrees.Length).Where(c => degrees[c] <= 0).ToArray();
        if (isolated.Length == 0)
            return degrees;
        throw new DegenerateAffinityException(
            isolated.Length == degrees.Length
                ? "All coefficients between channels are zero, so there is nothing to group; raise 'steps' or 'learning-rate', or lower 'mu'."
                : $"{isolated.Length} of {degrees.Length} channels have no affinity to any other (the first is channel {isolated[0]}); "
                    + "lower 'mu', or raise 'steps' or 'codes-per-step'."
        );
    }

    private static int[] NumberByFirstChannel(int[] labels)
    {
        var numbers = new Dictionary<int, int>();
        return Array.ConvertAll(labels, label =>
        {
            numbers.TryAdd(label, numbers.Count);
            return numbers[label];
        });
    }
}
