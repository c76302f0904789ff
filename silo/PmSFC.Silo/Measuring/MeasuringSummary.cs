namespace PmSFC.Silo.Measuring;

/// <summary>The outcome of measuring one metric of a sweep.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Measured">Results that were measured now.</param>
/// <param name="Kept">Results whose number was stored before.</param>
/// <param name="KeptOfOtherWeights">How many of the kept ones were measured with other files of weights.</param>
/// <param name="Undefined">Why results have no number for it, each reason once.</param>
public sealed record MeasuringSummary(string Metric, int Measured, int Kept, int KeptOfOtherWeights, IReadOnlyList<string> Undefined);
