using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>
/// The colours between which a colorizer chooses: the points of a grid of 10 in the plane of CIELAB's a and b to which some colour of sRGB is nearest.
/// There are 261; Zhang et al. publish a list of 313 that reaches a little further beyond the gamut.
/// </summary>
internal sealed class AbBins : IDisposable
{
    /// <summary>Distance of neighbours.</summary>
    public const int Spacing = 10;

    private const int Nearest = 5;
    private const double Spread = 5; // σ of the Gaussian in soft encoding and in smoothing

    private static readonly Lazy<(int A, int B)[]> Points = new(FindPoints);

    private readonly Tensor _centers; // [Q, 2]

    /// <param name="device">Where the bins are used.</param>
    /// <param name="dtype">Single or double precision.</param>
    public AbBins(Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var flat = Centers.SelectMany(center => new double[] { center.A, center.B }).ToArray();
        _centers = tensor(flat, dtype: dtype, device: device).view(Centers.Count, 2).DetachFromDisposeScope();
    }

    /// <summary>a and b of every bin, ordered by a, then by b.</summary>
    public static IReadOnlyList<(int A, int B)> Centers => Points.Value;

    /// <summary>[Q, 2].</summary>
    public Tensor CenterTensor => _centers;

    /// <summary>
    /// Soft encoding: a colour as a distribution over its five nearest bins, in proportion to a Gaussian of their distance with σ = 5.
    /// </summary>
    /// <param name="colors">[P, 2]: a and b.</param>
    /// <returns>[P, 5] bins, the nearest first, and [P, 5] shares that sum to 1; owned by the caller's dispose scope.</returns>
    public (Tensor Bins, Tensor Shares) Encode(Tensor colors)
    {
        using var scope = NewDisposeScope();
        var squared = SquaredDistances(colors);
        var (nearest, bins) = squared.topk(Nearest, 1, largest: false, sorted: true);
        return (bins.MoveToOuterDisposeScope(), nearest.DivideBy(-2 * Spread * Spread).softmax(1).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Class rebalancing: a bin's weight is in inverse proportion to (1 − λ) p + λ / Q, where p is how often the bin is the nearest, smoothed by a
    /// Gaussian with σ = 5; the mean weight under p is 1 (Zhang et al. 2016, Eq. 4).
    /// </summary>
    /// <param name="counts">[Q]: how often each bin was the nearest, more than 0 in all.</param>
    /// <param name="uniform">λ: 0 to weigh rare colours fully against frequent ones, 1 to weigh all alike.</param>
    /// <returns>[Q]; owned by the caller's dispose scope.</returns>
    public Tensor Weights(Tensor counts, double uniform)
    {
        using var scope = NewDisposeScope();
        var kernel = SquaredDistances(_centers).DivideBy(-2 * Spread * Spread).exp(); // [Q, Q]
        var smoothed = kernel.mv(counts / counts.sum());
        var p = smoothed / smoothed.sum();
        var weights = p.Multiply(1 - uniform).Add(uniform / Centers.Count).reciprocal();
        return (weights / (weights * p).sum()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _centers.Dispose();

    /// <returns>[P, Q].</returns>
    private Tensor SquaredDistances(Tensor colors) =>
        (colors.narrow(1, 0, 1) - _centers.select(1, 0)).Squared().Add((colors.narrow(1, 1, 1) - _centers.select(1, 1)).Squared());

    /// <summary>Seen along L, the surface of the cube of colours covers all of it.</summary>
    private static (int A, int B)[] FindPoints()
    {
        var linear = Enumerable.Range(0, 256).Select(value => CieLab.Linear(value / 255.0)).ToArray();
        var found = new HashSet<(int A, int B)>();
        for (var u = 0; u < 256; u++)
        for (var v = 0; v < 256; v++)
            foreach (var edge in (ReadOnlySpan<double>)[0, 1])
            {
                Add(edge, linear[u], linear[v]);
                Add(linear[u], edge, linear[v]);
                Add(linear[u], linear[v], edge);
            }

        return [.. found.Order()];

        void Add(double red, double green, double blue)
        {
            var (a, b) = CieLab.Chroma(red, green, blue);
            found.Add(((int)Math.Round(a / Spacing) * Spacing, (int)Math.Round(b / Spacing) * Spacing));
        }
    }
}
