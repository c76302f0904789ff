using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.InvertLayers;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.SemPhoMani;

/// <summary>The settings of <see cref="SemPhoManiMethod"/>.</summary>
internal sealed record SemPhoManiSettings
{
    /// <summary>How the steps are shared between features and modulations.</summary>
    public required StagedSettings Stages { get; init; }

    /// <summary>Blocks before the features that stay; fewer where the generator has not as many.</summary>
    public required int FeaturesLayer { get; init; }

    /// <summary>Maps between a modulating network's two convolutions.</summary>
    public required int Width { get; init; }

    /// <summary>Weight of the modulations' mean squares.</summary>
    public required double ModulationWeight { get; init; }

    /// <summary>The residuals that look for the features.</summary>
    public required ResidualSettings Residuals { get; init; }

    /// <summary>How both are optimized; the perceptual term counts for the features alone.</summary>
    public required OptimizationSettings Optimization { get; init; }

    public static SemPhoManiSettings Bind(ResolvedSettings settings) =>
        new()
        {
            Stages = StagedSettings.Bind(settings),
            FeaturesLayer = settings.Integer(SemPhoManiMethod.FeaturesLayer),
            Width = settings.Integer(SemPhoManiMethod.Width),
            ModulationWeight = settings.Number(SemPhoManiMethod.ModulationWeight),
            Residuals = ResidualSettings.Bind(settings),
            Optimization = OptimizationSettings.Bind(settings),
        };

    /// <summary>Blocks before the features of a generator.</summary>
    public int From(GeneratorArchitecture architecture) => Math.Min(FeaturesLayer, architecture.LargestSplit);
}
