namespace PmSFC.Engine.Perceptual;

/// <summary>The network V of a perceptual term, by its name, and the term's weight, above 0.</summary>
/// <param name="Network">One of the names in <see cref="PerceptualSetting"/>.</param>
/// <param name="Weight">Against the pixels' term.</param>
public sealed record PerceptualChoice(string Network, double Weight);
