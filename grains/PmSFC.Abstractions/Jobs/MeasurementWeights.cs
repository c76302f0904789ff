namespace PmSFC.Abstractions.Jobs;

/// <summary>A file that a metric was measured with.</summary>
/// <param name="Name">Its path below the folder of weights, with slashes.</param>
/// <param name="Sha256">SHA-256 of its content, 64 hexadecimal digits.</param>
public sealed record MeasurementWeights(string Name, string Sha256);
