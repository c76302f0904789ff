using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tasks;

/// <summary>The settings of <see cref="InpaintingTask"/>.</summary>
/// <param name="Mask">What is lost: one of the words, or the picture's id.</param>
/// <param name="Share">Share of the pixels that is lost, 0 to 1.</param>
/// <param name="Seed">Seed of boxes at random.</param>
/// <param name="IsSoft">Whether a picture's gray loses the share that it is bright.</param>
internal sealed record InpaintingSettings(string Mask, double Share, int Seed, bool IsSoft)
{
    /// <summary>The id of the mask's picture, or null where it is made.</summary>
    public string? Picture => SettingDefinition.IsImage(Mask) ? Mask : null;

    public static InpaintingSettings Bind(ResolvedSettings settings) =>
        new(
            settings.Choice(InpaintingTask.Mask),
            settings.Number(InpaintingTask.Share),
            settings.Integer(InpaintingTask.MaskSeed),
            settings.Text(InpaintingTask.MaskEdge) == InpaintingTask.Soft
        );
}
