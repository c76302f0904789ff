namespace PmSFC.Engine.Training;

/// <summary>The file that an imported network comes from.</summary>
/// <param name="FileName">Its name without folders.</param>
/// <param name="Sha256">SHA-256 of its content in hexadecimal.</param>
public sealed record WeightsOrigin(string FileName, string Sha256);
