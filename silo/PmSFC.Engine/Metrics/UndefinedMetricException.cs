namespace PmSFC.Engine.Metrics;

/// <summary>A metric has no number for certain images. The message is one sentence for a table's reader.</summary>
public sealed class UndefinedMetricException(string message) : Exception(message);
