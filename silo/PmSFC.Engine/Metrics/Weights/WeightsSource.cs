namespace PmSFC.Engine.Metrics.Weights;

/// <summary>Which file a metric's weights or parameters are from.</summary>
/// <param name="Name">Its path below the folder of weights, with slashes.</param>
/// <param name="Sha256">SHA-256 of its content, 64 hexadecimal digits.</param>
public sealed record WeightsSource(string Name, string Sha256);
