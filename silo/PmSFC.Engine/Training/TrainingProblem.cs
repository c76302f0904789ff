using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>What a network is trained with. A run borrows everything in it: the caller disposes, after the run.</summary>
public sealed record TrainingProblem
{
    /// <summary>The generator that the network will serve, on the device where the training takes place.</summary>
    public required IGenerator Generator { get; init; }

    /// <summary>V, on the same device; needed where the settings choose one.</summary>
    public IPerceptualNetwork? Perceptual { get; init; }

    /// <summary>Settings that <see cref="INetworkTraining.Check"/> has no issue with.</summary>
    public required ResolvedSettings Settings { get; init; }

    /// <summary>Determines every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>
    /// The images to learn from, which a kind takes that is an <see cref="IImageTraining"/>; <see langword="null"/> for the generator's samples.
    /// </summary>
    public TrainingImages? Images { get; init; }
}
