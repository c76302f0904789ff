using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>A fault of a sweep's store.</summary>
/// <param name="Fault">What is wrong with which artifact.</param>
/// <param name="Of">What the artifact belongs to, for people: a row and an image, or a name.</param>
/// <param name="Remedy">What mends it.</param>
public sealed record Finding(ArtifactFault Fault, string Of, Remedy Remedy);
