using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Images;

/// <summary>A target image that is ready to be stored.</summary>
/// <param name="Reference">What a sweep calls it.</param>
/// <param name="Path">The file that it comes from.</param>
/// <param name="Note">What was done to the file's pixels, or null where they are used as they are.</param>
public sealed record PreparedImage(ImageReference Reference, string Path, string? Note);
