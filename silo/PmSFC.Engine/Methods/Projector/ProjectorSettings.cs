using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Projector;

/// <summary>What <see cref="ProjectorMethod"/> does to noise and style.</summary>
/// <param name="NoiseWeight">Weight of the noise's correlation with itself one pixel further.</param>
/// <param name="StyleJitter">Deviation of what varies the style at first, as a multiple of the styles' own.</param>
/// <param name="JitterShare">Share of the iterations after which the style is not varied any more.</param>
internal sealed record ProjectorSettings(double NoiseWeight, double StyleJitter, double JitterShare)
{
    public static ProjectorSettings Bind(ResolvedSettings settings) =>
        new(
            settings.Number(ProjectorMethod.NoiseWeight),
            settings.Number(ProjectorMethod.StyleJitter),
            settings.Number(ProjectorMethod.JitterShare)
        );

    /// <summary>Deviation of what varies the style in an iteration, as a multiple of the styles' own.</summary>
    /// <param name="iteration">Iterations done before.</param>
    /// <param name="iterations">Iterations in all.</param>
    public double JitterAt(int iteration, int iterations)
    {
        var left = JitterShare == 0 ? 0 : Math.Max(0, 1 - iteration / (iterations * JitterShare));
        return StyleJitter * left * left;
    }
}
