using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>The settings of <see cref="SelfExpressiveDiscovery"/>.</summary>
internal sealed record SelfExpressiveSettings
{
    /// <summary>l: blocks in G1.</summary>
    public required int Split { get; init; }

    /// <summary>R.</summary>
    public required int Subspaces { get; init; }

    /// <summary>Adam's steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Adam's step size.</summary>
    public required double StepSize { get; init; }

    /// <summary>Fresh latent codes in each step.</summary>
    public required int Codes { get; init; }

    /// <summary>What is minimised.</summary>
    public required SelfExpressiveObjective Objective { get; init; }

    /// <summary>Whether all coefficients begin at 0; else they are drawn.</summary>
    public required bool BeginsAtZero { get; init; }

    public static SelfExpressiveSettings Bind(ResolvedSettings settings) =>
        new()
        {
            Split = SplitSetting.Bind(settings),
            Subspaces = SubspacesSetting.Bind(settings),
            Steps = settings.Integer(SelfExpressiveDiscovery.Steps),
            StepSize = settings.Number(SelfExpressiveDiscovery.LearningRate),
            Codes = settings.Integer(SelfExpressiveDiscovery.CodesPerStep),
            Objective = new SelfExpressiveObjective(
                settings.Number(SelfExpressiveDiscovery.Lambda),
                settings.Number(SelfExpressiveDiscovery.Mu),
                settings.Choice(SelfExpressiveDiscovery.Norms) == "mean" ? CoefficientNorm.Mean : CoefficientNorm.Sum
            ),
            BeginsAtZero = settings.Choice(SelfExpressiveDiscovery.CoefficientStart) == "zeros",
        };
}
