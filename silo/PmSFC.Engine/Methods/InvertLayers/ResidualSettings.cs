using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.InvertLayers;

/// <summary>The residuals of <see cref="InvertLayersMethod"/>.</summary>
/// <param name="Layers">Blocks that have one, from the first.</param>
/// <param name="Weight">Weight of their mean squares.</param>
internal sealed record ResidualSettings(int Layers, double Weight)
{
    public static ResidualSettings Bind(ResolvedSettings settings) =>
        new(settings.Integer(InvertLayersMethod.Layers), settings.Number(InvertLayersMethod.ResidualWeight));
}
