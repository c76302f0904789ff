using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// Lloyd's k-means from several k-means++ starts (Arthur and Vassilvitskii 2007), of which the one with the least inertia is kept.
/// Deterministic in the seed. Every cluster has at least one point.
/// </summary>
internal static class KMeans
{
    private const int MaximumRounds = 300;

    /// <param name="points">N rows of equal length.</param>
    /// <param name="clusters">1 to N.</param>
    /// <param name="starts">Number of starts.</param>
    /// <param name="seed">Determines every draw.</param>
    /// <returns><see langword="null"/> where there are fewer different points than clusters.</returns>
    public static KMeansResult? Cluster(double[][] points, int clusters, int starts, long seed)
    {
        KMeansResult? best = null;
        for (var start = 0; start < starts; start++)
        {
            var random = new SplitMix64(SplitMix64.Derive(seed, start));
            if (ChooseCentres(points, clusters, random) is not { } centres)
                return null;
            var result = Improve(points, centres);
            if (best is null || result.Inertia < best.Inertia)
                best = result;
        }

        return best;
    }

    private static double[][]? ChooseCentres(double[][] points, int clusters, SplitMix64 random)
    {
        var centres = new double[clusters][];
        centres[0] = [.. points[random.NextIndex(points.Length)]];
        var distances = Array.ConvertAll(points, point => SquaredDistance(point, centres[0]));
        for (var k = 1; k < clusters; k++)
        {
            var total = distances.Sum();
            if (total <= 0)
                return null;
            var chosen = Draw(distances, random.NextDouble() * total);
            centres[k] = [.. points[chosen]];
            for (var i = 0; i < points.Length; i++)
                distances[i] = Math.Min(distances[i], SquaredDistance(points[i], centres[k]));
        }

        return centres;
    }

    private static int Draw(double[] weights, double threshold)
    {
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0)
                continue;
            last = i;
            threshold -= weights[i];
            if (threshold < 0)
                break;
        }

        return last;
    }

    private static KMeansResult Improve(double[][] points, double[][] centres)
    {
        var labels = new int[points.Length];
        var distances = new double[points.Length];
        Array.Fill(labels, -1);
        for (var round = 0; round < MaximumRounds; round++)
        {
            var changed = Assign(points, centres, labels, distances);
            changed |= FillEmptyClusters(points, centres, labels, distances);
            MoveCentres(points, centres, labels);
            if (!changed)
                break;
        }

        return new KMeansResult(labels, points.Select((point, i) => SquaredDistance(point, centres[labels[i]])).Sum());
    }

    private static bool Assign(double[][] points, double[][] centres, int[] labels, double[] distances)
    {
        var changed = false;
        for (var i = 0; i < points.Length; i++)
        {
            var (nearest, least) = (0, double.PositiveInfinity);
            for (var k = 0; k < centres.Length; k++)
            {
                var distance = SquaredDistance(points[i], centres[k]);
                if (distance < least)
                    (nearest, least) = (k, distance);
            }

            changed |= labels[i] != nearest;
            (labels[i], distances[i]) = (nearest, least);
        }

        return changed;
    }

    private static bool FillEmptyClusters(double[][] points, double[][] centres, int[] labels, double[] distances)
    {
        var counts = new int[centres.Length];
        foreach (var label in labels)
            counts[label]++;
        var changed = false;
        for (var k = 0; k < centres.Length; k++)
        {
            if (counts[k] > 0)
                continue;
            var farthest = Enumerable.Range(0, points.Length).Where(i => counts[labels[i]] > 1).MaxBy(i => distances[i]);
            counts[labels[farthest]]--;
            counts[k] = 1;
            (labels[farthest], distances[farthest]) = (k, 0);
            changed = true;
        }

        return changed;
    }

    private static void MoveCentres(double[][] points, double[][] centres, int[] labels)
    {
        var counts = new int[centres.Length];
        foreach (var centre in centres)
            Array.Clear(centre);
        for (var i = 0; i < points.Length; i++)
        {
            var centre = centres[labels[i]];
            counts[labels[i]]++;
            for (var d = 0; d < centre.Length; d++)
                centre[d] += points[i][d];
        }

        for (var k = 0; k < centres.Length; k++)
        {
            for (var d = 0; d < centres[k].Length; d++)
                centres[k][d] /= counts[k];
        }
    }

    private static double SquaredDistance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++)
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }
}
