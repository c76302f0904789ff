using PmSFC.Engine.Generators;

namespace PmSFC.SecondFamily;

/// <summary>
/// A family of generators for tests that shares nothing with a progressive GAN: styles from a mapping, one block a resolution, and RGB images that are
/// added up from block to block, so that the upper half needs styles and an image besides the maps.
/// </summary>
public sealed class StyledFamily : IGeneratorFamily
{
    internal const string FamilyName = "styled";

    /// <inheritdoc/>
    public string Name => FamilyName;

    /// <inheritdoc/>
    public string Title => "styled test";

    /// <inheritdoc/>
    public IReadOnlyList<IGeneratorLayout> Layouts { get; } = [new StyledLayout()];

    /// <inheritdoc/>
    public GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes) =>
        new StyledArchitecture(latentSize, channels);
}
