using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;

namespace PmSFC.Engine.Pggan;

/// <summary>Progressive GANs (Karras, Aila, Laine, Lehtinen 2018), the paper's generators.</summary>
public sealed class PgganFamily : IGeneratorFamily
{
    internal const string FamilyName = "pggan";

    /// <inheritdoc/>
    public string Name => FamilyName;

    /// <inheritdoc/>
    public string Title => "PGGAN";

    /// <inheritdoc/>
    public IReadOnlyList<IGeneratorLayout> Layouts { get; } =
    [new GenforceLayout(), new GenforceBareLayout(), new GanDissectLayout(), new GanZooLayout(), new KarrasLayout(), new MmgenLayout()];

    /// <inheritdoc/>
    public IReadOnlyList<IPerceptualFormat> Perceptual { get; } = [new DiscriminatorFormat()];

    /// <inheritdoc/>
    public GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes) =>
        new PgganArchitecture(latentSize, channels);
}
