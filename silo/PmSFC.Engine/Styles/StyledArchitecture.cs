using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Styles;

/// <summary>The sizes of a generator with a mapping of dense layers to styles.</summary>
public abstract record StyledArchitecture : GeneratorArchitecture
{
    private protected const string StyleSizeName = "style-size",
        MappingLayersName = "mapping-layers",
        ColorsName = "colors";

    private const int MostMappingLayers = 64;

    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block.</param>
    /// <param name="styleSize">S: length of a style w.</param>
    /// <param name="mappingLayers">Dense layers from a latent code to its style.</param>
    /// <param name="colors">Channels of an image as drawn: 3, or 1 for gray.</param>
    /// <exception cref="ArgumentException">No generator has such sizes.</exception>
    protected StyledArchitecture(int latentSize, IReadOnlyList<int> channels, int styleSize, int mappingLayers, int colors)
        : base(latentSize, channels)
    {
        if (styleSize < 1)
            throw new ArgumentException($"The style size is {styleSize}, but must be at least 1.", nameof(styleSize));
        if (mappingLayers is < 1 or > MostMappingLayers)
            throw new ArgumentException($"A mapping has 1 to {MostMappingLayers} layers, not {mappingLayers}.", nameof(mappingLayers));
        if (colors is not (1 or 3))
            throw new ArgumentException($"Images have 1 or 3 channels, not {colors}.", nameof(colors));
        (StyleSize, MappingLayers, Colors) = (styleSize, mappingLayers, colors);
    }

    /// <summary>S: length of a style w.</summary>
    public int StyleSize { get; }

    /// <summary>Dense layers from a latent code to its style; 0 of a <see cref="GeneratorArchitecture.Synthesis"/>.</summary>
    public int MappingLayers { get; private init; }

    /// <summary>Channels of an image as drawn: 3, or 1 for gray.</summary>
    public int Colors { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> FamilySizes =>
        new Dictionary<string, int>
        {
            [StyleSizeName] = StyleSize,
            [MappingLayersName] = MappingLayers,
            [ColorsName] = Colors,
        };

    /// <inheritdoc/>
    public override GeneratorArchitecture Synthesis => this with { LatentSize = StyleSize, MappingLayers = 0 };

    /// <inheritdoc/>
    public override double OwnWeights => OwnParts.Sum(part => part.Shape.Aggregate(1.0, (product, size) => product * size));

    /// <summary>The parts of a network that an image can have of its own: all but the mapping and what is not learned.</summary>
    internal abstract IEnumerable<(Part Part, int Index, long[] Shape)> OwnParts { get; }

    /// <summary>Numbers in the weights of the mapping.</summary>
    private protected double MappingWeights => Enumerable.Range(0, MappingLayers).Sum(layer => (double)StyleSize * MappingInputs(layer));

    /// <summary>What the style of a code takes.</summary>
    private protected NetworkCost MappingCost =>
        Enumerable
            .Range(0, MappingLayers)
            .Aggregate(default(NetworkCost), (cost, layer) => cost + LayerCost.Dense(MappingInputs(layer), StyleSize));

    /// <summary>Numbers that a layer of the mapping takes.</summary>
    /// <param name="layer">From 0.</param>
    internal int MappingInputs(int layer) => layer == 0 ? LatentSize : StyleSize;

    /// <summary>A size of a card.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    private protected static int Size(IReadOnlyDictionary<string, int> sizes, string name) =>
        sizes.TryGetValue(name, out var size) ? size : throw new ArgumentException($"The size '{name}' is missing.", nameof(sizes));
}
