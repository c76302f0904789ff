using PmSFC.Engine.Generators;

namespace PmSFC.Engine.StyleGan2;

/// <summary>StyleGAN2 (Karras, Laine, Aittala, Hellsten, Lehtinen, Aila 2020) with skips, unconditional.</summary>
public sealed class StyleGan2Family : IGeneratorFamily
{
    internal const string FamilyName = "stylegan2";

    /// <inheritdoc/>
    public string Name => FamilyName;

    /// <inheritdoc/>
    public string Title => "StyleGAN2";

    /// <inheritdoc/>
    public IReadOnlyList<IGeneratorLayout> Layouts { get; } =
    [new RosinalityLayout(), new AdaLayout(), new GenforceStyleGan2Layout(), new KarrasStyleGan2Layout()];

    /// <inheritdoc/>
    public GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes) =>
        StyleGan2Architecture.Of(latentSize, channels, sizes);
}
