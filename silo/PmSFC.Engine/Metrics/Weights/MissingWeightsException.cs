namespace PmSFC.Engine.Metrics.Weights;

/// <summary>A metric cannot be measured because nobody gave its weights. The message is one sentence for a table's reader.</summary>
public sealed class MissingWeightsException(string message) : Exception(message);
