using PmSFC.Imaging;

namespace PmSFC.Engine.Training;

/// <summary>A user's images to learn from.</summary>
/// <param name="Id">What tells them from other images: part of the training's identity.</param>
/// <param name="Images">One or more, all of the generator's resolution.</param>
public sealed record TrainingImages(string Id, IReadOnlyList<RgbImage> Images);
