using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Projector;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Pti;

/// <summary>The two searches of <see cref="PtiMethod"/>.</summary>
/// <param name="Stages">How they share the steps.</param>
/// <param name="Pivot">How the first looks for the pivot.</param>
/// <param name="Optimization">How all is optimized; its step size is that of the weights.</param>
internal sealed record PtiSettings(StagedSettings Stages, ProjectorSettings Pivot, OptimizationSettings Optimization)
{
    public static PtiSettings Bind(ResolvedSettings settings) =>
        new(StagedSettings.Bind(settings), ProjectorSettings.Bind(settings), OptimizationSettings.Bind(settings));
}
