namespace PmSFC.Engine.Metrics;

/// <summary>Metrics with their weights.</summary>
/// <param name="metrics">Those that can be measured, in the order of a table's columns.</param>
/// <param name="missing">Why the others cannot, by name.</param>
public sealed class MetricSet(IReadOnlyList<IImageMetric> metrics, IReadOnlyDictionary<string, string> missing) : IDisposable
{
    /// <summary>Those that can be measured, in the order of a table's columns.</summary>
    public IReadOnlyList<IImageMetric> Metrics => metrics;

    /// <summary>Why the others cannot, a sentence without its end by name.</summary>
    public IReadOnlyDictionary<string, string> Missing => missing;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var metric in metrics)
            (metric as IDisposable)?.Dispose();
    }
}
