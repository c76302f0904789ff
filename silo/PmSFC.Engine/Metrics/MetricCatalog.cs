using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Metrics;

/// <summary>The metrics that can be asked for by name.</summary>
public sealed class MetricCatalog
{
    private readonly Dictionary<string, IImageMetric> _byName;

    /// <summary>Lists metrics in the order of a table's columns.</summary>
    /// <exception cref="ArgumentException">Two metrics have one name.</exception>
    public MetricCatalog(IEnumerable<IMetricDescription> metrics)
    {
        All = [.. metrics];
        if (All.GroupBy(metric => metric.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Two metrics are called '{twice.Key}'.", nameof(metrics));
        Ready = [.. All.OfType<IImageMetric>()];
        _byName = Ready.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
    }

    /// <summary>The metrics of the product: a new one is one more line here.</summary>
    public static MetricCatalog BuiltIn { get; } =
        new([
            new PeakSignalToNoiseRatio(),
            new StructuralSimilarity(),
            new LumaStructuralSimilarity(),
            new LumaPeakSignalToNoiseRatio(),
            new ColorizationAccuracy(),
            LearnedPerceptualSimilarity.Alex,
            LearnedPerceptualSimilarity.Vgg,
            LearnedPerceptualSimilarity.Squeeze,
            NaturalImageQuality.OfStudioLuma,
            NaturalImageQuality.OfGray,
        ]);

    /// <summary>All metrics, in the order of a table's columns.</summary>
    public IReadOnlyList<IMetricDescription> All { get; }

    /// <summary>Those that need no weights.</summary>
    public IReadOnlyList<IImageMetric> Ready { get; }

    /// <summary>The metric called <paramref name="name"/> among those that need no weights.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public IImageMetric this[string name] =>
        _byName.TryGetValue(name, out var metric)
            ? metric
            : throw new ArgumentException($"There is no metric '{name}'; the metrics are {string.Join(", ", _byName.Keys)}.", nameof(name));

    /// <summary>Loads every metric whose weights are there; a file that is missing, damaged or something else takes its own metric away and no other.</summary>
    public MetricSet Load(WeightsFolder folder)
    {
        var loaded = new List<IImageMetric>();
        var missing = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var metric in All)
            {
                try
                {
                    loaded.Add(metric as IImageMetric ?? ((IWeightedMetric)metric).Load(folder));
                }
                catch (Exception e) when (e is MissingWeightsException or CheckpointException)
                {
                    missing[metric.Name] = e.Message.TrimEnd('.');
                }
            }
        }
        catch
        {
            new MetricSet(loaded, missing).Dispose();
            throw;
        }

        return new MetricSet(loaded, missing);
    }
}
