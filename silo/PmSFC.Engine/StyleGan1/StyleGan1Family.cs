using PmSFC.Engine.Generators;

namespace PmSFC.Engine.StyleGan1;

/// <summary>The first StyleGAN (Karras, Laine, Aila 2019), unconditional.</summary>
public sealed class StyleGan1Family : IGeneratorFamily
{
    internal const string FamilyName = "stylegan1";

    /// <inheritdoc/>
    public string Name => FamilyName;

    /// <inheritdoc/>
    public string Title => "StyleGAN1";

    /// <inheritdoc/>
    public IReadOnlyList<IGeneratorLayout> Layouts { get; } = [new GenforceStyleGan1Layout(), new KarrasStyleGan1Layout()];

    /// <inheritdoc/>
    public GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes) =>
        StyleGan1Architecture.Of(latentSize, channels, sizes);
}
