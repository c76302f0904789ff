using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// The sizes of a StyleGAN generator (Karras et al. 2019): a mapping of dense layers to styles, and two blocks at each resolution from 4×4 up, of which the
/// first enlarges, or at 4×4 has a constant instead of a convolution.
/// </summary>
public sealed record StyleGan1Architecture : StyledArchitecture
{
    private const int MostBlocks = 18;

    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block: two a resolution.</param>
    /// <param name="styleSize">S: length of a style w.</param>
    /// <param name="mappingLayers">Dense layers from a latent code to its style.</param>
    /// <param name="colors">Channels of an image as drawn: 3, or 1 for gray.</param>
    /// <exception cref="ArgumentException">No generator of the family has such sizes.</exception>
    public StyleGan1Architecture(int latentSize, IReadOnlyList<int> channels, int styleSize, int mappingLayers, int colors)
        : base(latentSize, channels, styleSize, mappingLayers, colors)
    {
        if (channels.Count > MostBlocks || channels.Count % 2 != 0)
            throw new ArgumentException("A StyleGAN1 generator has two blocks a resolution, from 4 to 1024 pixels.", nameof(channels));
    }

    /// <inheritdoc/>
    public override string Family => StyleGan1Family.FamilyName;

    /// <inheritdoc/>
    public override int StylePlaces => Layers;

    internal override IEnumerable<(Part Part, int Index, long[] Shape)> OwnParts =>
        StyleGan1Weights
            .PartsOf(this)
            .Where(part => part.Part is not (Part.MappingWeight or Part.MappingBias or Part.Noise or Part.MeanStyle or Part.Truncation))
            .Select(part =>
                (
                    part.Part,
                    part.Index,
                    part.Part is Part.Constant or Part.RgbKernel ? [.. part.Shape.Where(size => size != 1)] : part.Shape
                )
            );

    /// <inheritdoc/>
    /// <remarks>Kernels as their convolutions read them.</remarks>
    public override double OwnWeightsInUse => Enumerable.Range(1, Layers - 1).Sum(index => 9.0 * Channels[index - 1] * Channels[index]);

    /// <inheritdoc/>
    public override NetworkCost OutputCost
    {
        get
        {
            double inputs = Channels[^1],
                pixels = Pixels(Layers);
            return LayerCost.Convolution(inputs, Colors, 1, pixels) + LayerCost.Map(Colors * pixels);
        }
    }

    /// <inheritdoc/>
    public override int ResolutionAt(int split) => ResolutionOf(split - 1);

    /// <inheritdoc/>
    public override double WeightsOf(int index)
    {
        double outputs = Channels[index],
            styles = 2 * outputs * StyleSize;
        if (index > 0)
            return 9.0 * Channels[index - 1] * outputs + styles;
        return MappingWeights + 16 * outputs + styles;
    }

    /// <inheritdoc/>
    public override NetworkCost LowerCost(int split, int subspaces = 1)
    {
        var cost = MappingCost;
        for (var index = 0; index < split - 1; index++)
            cost += BlockCost(index, 1, CodeUse.Optimized);
        return cost + BlockCost(split - 1, subspaces, CodeUse.Optimized);
    }

    /// <inheritdoc/>
    public override NetworkCost AdvanceCost(int from, int to, CodeUse codes = CodeUse.Optimized) =>
        Enumerable.Range(from, to - from).Aggregate(default(NetworkCost), (cost, index) => cost + BlockCost(index, 1, codes));

    /// <inheritdoc/>
    /// <remarks>Maps that are enlarged next are not: the derivative needs their size alone. Where they are convolved next they are small.</remarks>
    public override bool KeepsInput(CodeUse codes) => false;

    /// <summary>The sizes of a generator whose card has these.</summary>
    /// <exception cref="ArgumentException">A size is missing, or no generator of the family has such sizes.</exception>
    internal static StyleGan1Architecture Of(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes) =>
        new(latentSize, channels, Size(sizes, StyleSizeName), Size(sizes, MappingLayersName), Size(sizes, ColorsName));

    /// <summary>Width and height of the maps that a block gives.</summary>
    /// <param name="index">The block, from 0.</param>
    internal static int ResolutionOf(int index) => 4 << (index / 2);

    /// <summary>Whether a block enlarges its maps: the first of each resolution after 4×4.</summary>
    /// <param name="index">The block, from 0.</param>
    internal static bool Enlarges(int index) => index > 0 && index % 2 == 0;

    /// <summary>A convolution, a blur where it enlarges, an activation in place, maps without their mean, and those times scales and with shifts.</summary>
    private NetworkCost BlockCost(int index, int subspaces, CodeUse codes)
    {
        double outputs = (double)Channels[index] / subspaces,
            pixels = Pixels(index + 1);
        NetworkCost cost = default;
        if (index > 0)
        {
            double inputs = Channels[index - 1];
            if (Enlarges(index))
                cost += LayerCost.Map(inputs * pixels);
            cost += LayerCost.Convolution(inputs, outputs, 9, pixels);
            if (Enlarges(index))
                cost += LayerCost.Map(2 * outputs * pixels);
        }

        var styled = codes == CodeUse.Optimized ? LayerCost.Scaling(outputs * pixels) : LayerCost.FixedScaling(outputs * pixels);
        return cost + LayerCost.Map(outputs * pixels) + LayerCost.InstanceNorm(outputs * pixels) + styled;
    }

    private double Pixels(int layer) => Math.Pow(ResolutionAt(layer), 2);
}
