using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Projector;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Pti;

/// <summary>The two searches of <see cref="PtiMethod"/>.</summary>
/// <param name="StartShare">Share of the steps that look for the pivot.</param>
/// <param name="StartStepSize">Their step size.</param>
/// <param name="Pivot">How they look for it.</param>
/// <param name="Optimization">How all is optimized; its step size is that of the weights.</param>
internal sealed record PtiSettings(double StartShare, double StartStepSize, ProjectorSettings Pivot, OptimizationSettings Optimization)
{
    public static PtiSettings Bind(ResolvedSettings settings) =>
        new(
            settings.Number(PtiMethod.StartShare),
            settings.Number(PtiMethod.StartLearningRate),
            ProjectorSettings.Bind(settings),
            OptimizationSettings.Bind(settings)
        );
}
