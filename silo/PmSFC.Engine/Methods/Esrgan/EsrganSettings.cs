using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;

namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>The settings of <see cref="EsrganTraining"/>, but for the sizes of its network.</summary>
internal sealed record EsrganSettings
{
    /// <summary>Maps of the discriminator at full size.</summary>
    public required int DiscriminatorWidth { get; init; }

    /// <summary>Steps at the beginning on the pixels' term alone.</summary>
    public required int PixelSteps { get; init; }

    /// <summary>Weight of the pixels' term after them.</summary>
    public required double PixelWeight { get; init; }

    /// <summary>Weight of the discriminator's judgement after them.</summary>
    public required double AdversarialWeight { get; init; }

    /// <summary>Adam's step size after them; 0 leaves it as it is.</summary>
    public required double AdversarialStepSize { get; init; }

    /// <summary>Whether the step size changes as the authors' does.</summary>
    public required bool FollowsAuthors { get; init; }

    /// <summary>The perceptual term, or <see langword="null"/> for none.</summary>
    public required PerceptualChoice? Perceptual { get; init; }

    /// <summary>What every training has.</summary>
    public required TrainingSettings Training { get; init; }

    public static EsrganSettings Bind(ResolvedSettings settings) =>
        new()
        {
            DiscriminatorWidth = settings.Integer(EsrganTraining.DiscriminatorWidth),
            PixelSteps = settings.Integer(EsrganTraining.PixelIterations),
            PixelWeight = settings.Number(EsrganTraining.PixelWeight),
            AdversarialWeight = settings.Number(EsrganTraining.AdversarialWeight),
            AdversarialStepSize = settings.Number(EsrganTraining.AdversarialLearningRate),
            FollowsAuthors = settings.Text(EsrganTraining.Schedule) == TrainingSettings.Authors,
            Perceptual = PerceptualSetting.Bind(settings),
            Training = TrainingSettings.Bind(settings),
        };
}
