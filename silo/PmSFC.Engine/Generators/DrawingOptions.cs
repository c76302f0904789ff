namespace PmSFC.Engine.Generators;

/// <summary>How a generator with styles and noise is to draw, where that is not as its file says.</summary>
/// <param name="Truncation">
/// ψ, above 0 and up to 1: the styles of codes become w̄ + ψ (w − w̄) at every place, w̄ being the mean style (Karras, Laine, Aila 2019, Section 4 and
/// Appendix B, without their cutoff); 1 for styles as the mapping gives them, null for what the file says.
/// </param>
/// <param name="Noise">The noise of every image; null for what the file has.</param>
public sealed record DrawingOptions(double? Truncation = null, NoiseSource? Noise = null)
{
    /// <summary>Whether all is as the file says.</summary>
    public bool AreTheFiles => this is { Truncation: null, Noise: null };

    /// <summary>Whether ψ can be a number.</summary>
    public static bool CanTruncateBy(double truncation) => truncation is > 0 and <= 1;
}
