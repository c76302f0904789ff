namespace PmSFC.Engine.Metrics;

/// <summary>The metrics that can be asked for by name.</summary>
public sealed class MetricCatalog
{
    private readonly Dictionary<string, IImageMetric> _byName;

    /// <summary>Lists metrics in the order of a table's columns.</summary>
    /// <exception cref="ArgumentException">Two metrics have one name.</exception>
    public MetricCatalog(IEnumerable<IImageMetric> metrics)
    {
        All = [.. metrics];
        _byName = All.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
    }

    /// <summary>The metrics that need no weights: a new one is one more line here.</summary>
    public static MetricCatalog BuiltIn { get; } = new(
    [
        new PeakSignalToNoiseRatio(),
        new StructuralSimilarity(),
        new LumaStructuralSimilarity(),
        new ColorizationAccuracy(),
    ]);

    /// <summary>The metrics in the order of a table's columns.</summary>
    public IReadOnlyList<IImageMetric> All { get; }

    /// <summary>The metric called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public IImageMetric this[string name] => _byName.TryGetValue(name, out var metric)
        ? metric
        : throw new ArgumentException($"There is no metric '{name}'; the metrics are {string.Join(", ", _byName.Keys)}.", nameof(name));
}
