using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;
using TorchSharp;

namespace PmSFC.Engine.Inversion;

/// <summary>Images to invert together, and with what. A run borrows everything in it: the caller disposes, after the run.</summary>
public sealed record InversionProblem
{
    private const string ProblemName = "problem";

    /// <summary>The generator, on the device where the run takes place.</summary>
    public required IGenerator Generator { get; init; }

    /// <summary>V of Eq. 8 on the same device; needed where the settings choose one.</summary>
    public IPerceptualNetwork? Perceptual { get; init; }

    /// <summary>What the targets have lost, on the same device.</summary>
    public required IDegradation Degradation { get; init; }

    /// <summary>The subspaces of the split layer's channels; needed by methods that use subspaces.</summary>
    public ChannelPartition? Partition { get; init; }

    /// <summary>A network that was trained for the generator; needed by methods that name a kind of it.</summary>
    public TrainedNetwork? Network { get; init; }

    /// <summary>What the method names in its <see cref="IInversionMethod.Needs"/>.</summary>
    public PreparedContents Prepared { get; init; } = PreparedContents.None;

    /// <summary>[B, 3, H, W], range −1 to 1, on any device: whole, as they are before they lose anything.</summary>
    public required torch.Tensor Targets { get; init; }

    /// <summary>One seed an image; an image's start comes from its own seed alone.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Settings of the method.</summary>
    public required ResolvedSettings Settings { get; init; }

    /// <summary>What every step size of the settings is multiplied by; below 1 for a search that has diverged once.</summary>
    public double StepScale { get; init; } = 1;

    /// <summary>Refuses what a run of a method could not begin with.</summary>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other or its settings.</exception>
    internal void ThrowIfUnfitFor(IInversionMethod method)
    {
        var architecture = Generator.Architecture;
        if (method.Check(Settings, architecture) is [var issue, ..])
            throw new ArgumentException(issue.Message, ProblemName);
        long[] expected = [Seeds.Count, 3, architecture.Resolution, architecture.Resolution];
        if (!Targets.shape.SequenceEqual(expected))
        {
            throw new ArgumentException(
                $"The targets have the shape [{string.Join(", ", Targets.shape)}], but {Seeds.Count} seeds and this generator need "
                    + $"[{string.Join(", ", expected)}].",
                ProblemName
            );
        }

        if (PerceptualSetting.Bind(Settings) is { } chosen && Perceptual?.Find(chosen.Network) is null)
            throw new ArgumentException(
                $"The settings ask for the perceptual network '{chosen.Network}', which the generator does not bring.",
                ProblemName
            );
        if (method.UsesSubspaces && Partition is null)
            throw new ArgumentException($"The method '{method.Name}' needs the subspaces of the split layer's channels.", ProblemName);
        if (method.Network is { } kind && Network?.Kind != kind)
            throw new ArgumentException($"The method '{method.Name}' needs a trained network of the kind '{kind}'.", ProblemName);
    }
}
