namespace PmSFC.Silo.Imports;

/// <summary>A file of weights that has been read.</summary>
/// <param name="Path">What messages call it: its path, or where else it lay.</param>
/// <param name="Content">All bytes.</param>
public sealed record WeightsFile(string Path, byte[] Content);
