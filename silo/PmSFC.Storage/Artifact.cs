namespace PmSFC.Storage;

/// <summary>What a store holds under one name.</summary>
/// <param name="Content">All bytes.</param>
/// <param name="ETag">An opaque token of this very content, to be compared only with tokens from the same store.</param>
public sealed record Artifact(ReadOnlyMemory<byte> Content, string ETag);
