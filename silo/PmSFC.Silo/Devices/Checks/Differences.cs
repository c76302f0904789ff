using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>How far numbers are from those that they should be.</summary>
internal static class Differences
{
    /// <summary>The largest difference as a share of the largest right number; infinite where a number is none.</summary>
    public static double OfLargest(IReadOnlyList<double> numbers, IReadOnlyList<double> right) =>
        Worst(numbers.Zip(right, (a, b) => Math.Abs(a - b))) / right.Max(Math.Abs);

    /// <summary>The largest difference as a share of the right number; infinite where a number is none.</summary>
    public static double OfEach(IReadOnlyList<double> numbers, IReadOnlyList<double> right) =>
        Worst(numbers.Zip(right, (a, b) => Math.Abs(a - b) / Math.Abs(b)));

    /// <summary>All elements of a tensor, on any device.</summary>
    public static double[] Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();

    /// <summary>Some elements, evenly spaced, as the known answers have them.</summary>
    public static double[] Chosen(IReadOnlyList<double> numbers, int count) =>
        [.. Enumerable.Range(0, count).Select(i => numbers[i * (numbers.Count / count)])];

    private static double Worst(IEnumerable<double> differences) =>
        differences.Max(difference => double.IsFinite(difference) ? difference : double.PositiveInfinity);
}
