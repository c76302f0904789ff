using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The sizes of a StyleGAN2 generator with skips (Karras et al. 2020): a mapping of dense layers to styles, one block at 4×4 and two at each further
/// resolution, of which the first enlarges. Its RGB images are not counted as blocks.
/// </summary>
public sealed record StyleGan2Architecture : StyledArchitecture
{
    private const int MostBlocks = 17;
    private const string ClampName = "conv-clamp";

    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block: one at 4×4, then two a resolution.</param>
    /// <param name="styleSize">S: length of a style w.</param>
    /// <param name="mappingLayers">Dense layers from a latent code to its style.</param>
    /// <param name="colors">Channels of an image as drawn: 3, or 1 for gray.</param>
    /// <exception cref="ArgumentException">No generator of the family has such sizes.</exception>
    public StyleGan2Architecture(int latentSize, IReadOnlyList<int> channels, int styleSize, int mappingLayers, int colors)
        : base(latentSize, channels, styleSize, mappingLayers, colors)
    {
        if (channels.Count is < 3 or > MostBlocks || channels.Count % 2 == 0)
            throw new ArgumentException(
                "A StyleGAN2 generator has one block at 4×4 pixels and two at each further resolution, up to 1024 pixels.",
                nameof(channels)
            );
    }

    /// <summary>
    /// What the absolute values of maps and of RGB images are kept below, as networks that were trained in half precision do it; 0 where they are not
    /// clamped.
    /// </summary>
    public int Clamp { get; init; }

    /// <inheritdoc/>
    public override string Family => StyleGan2Family.FamilyName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> FamilySizes
    {
        get
        {
            var sizes = new Dictionary<string, int>(base.FamilySizes);
            if (Clamp > 0)
                sizes[ClampName] = Clamp;
            return sizes;
        }
    }

    /// <inheritdoc/>
    public override int StylePlaces => Layers + 1;

    internal override IEnumerable<(Part Part, int Index, long[] Shape)> OwnParts =>
        StyleGan2Weights
            .PartsOf(this)
            .Where(part =>
                part.Part is not (Part.MappingWeight or Part.MappingBias or Part.Noise or Part.MeanStyle or Part.Clamp or Part.Truncation)
            )
            .Select(part =>
                (part.Part, part.Index, part.Part is Part.NoiseStrength ? part.Shape : [.. part.Shape.Where(size => size != 1)])
            );

    /// <inheritdoc/>
    /// <remarks>Kernels, of which demodulation keeps the squares' base, and each once more as its convolution reads it.</remarks>
    public override double OwnWeightsInUse => OwnWeights + Synthesis.Weights;

    /// <inheritdoc/>
    public override NetworkCost OutputCost => RgbCost(Layers);

    /// <inheritdoc/>
    public override int ResolutionAt(int split) => ResolutionOf(split - 1);

    /// <inheritdoc/>
    public override double WeightsOf(int index)
    {
        double inputs = InputsOf(index),
            outputs = Channels[index];

        // A block that enlarges keeps its kernel as four of 3×3, one for each pixel that becomes of one.
        var kernels = 9 * inputs * outputs * (Enlarges(index) ? 4 : 1);
        var mapping = index == 0 ? MappingWeights + 16 * inputs : 0;
        var rgb = EndsResolution(index + 1) ? outputs * (StyleSize + Colors) : 0;
        return mapping + kernels + inputs * outputs + inputs * StyleSize + rgb;
    }

    /// <inheritdoc/>
    public override NetworkCost LowerCost(int split, int subspaces = 1)
    {
        var cost = MappingCost;
        for (var index = 0; index < split - 1; index++)
            cost += BlockCost(index, 1, CodeUse.Optimized) + RgbCost(index + 1);
        return cost + BlockCost(split - 1, subspaces, CodeUse.Optimized);
    }

    /// <inheritdoc/>
    public override NetworkCost AdvanceCost(int from, int to, CodeUse codes = CodeUse.Optimized)
    {
        NetworkCost cost = default;
        for (var index = from; index < to; index++)
            cost += RgbCost(index) + BlockCost(index, 1, codes);
        return cost;
    }

    /// <inheritdoc/>
    /// <remarks>They are multiplied by scales first, and the derivative by maps needs the scales alone.</remarks>
    public override bool KeepsInput(CodeUse codes) => codes == CodeUse.Optimized;

    /// <summary>The sizes of a generator whose card has these.</summary>
    /// <exception cref="ArgumentException">A size is missing, or no generator of the family has such sizes.</exception>
    internal static StyleGan2Architecture Of(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes)
    {
        if (sizes.GetValueOrDefault(ClampName) < 0)
            throw new ArgumentException($"The size '{ClampName}' is negative.", nameof(sizes));
        return new StyleGan2Architecture(
            latentSize,
            channels,
            Size(sizes, StyleSizeName),
            Size(sizes, MappingLayersName),
            Size(sizes, ColorsName)
        )
        {
            Clamp = sizes.GetValueOrDefault(ClampName),
        };
    }

    /// <summary>Input channels of a block; the first one's are those of the constant, as many as it gives.</summary>
    internal int InputsOf(int index) => Channels[Math.Max(0, index - 1)];

    /// <summary>Width and height of the maps that a block gives.</summary>
    /// <param name="index">The block, from 0.</param>
    internal static int ResolutionOf(int index) => 4 << ((index + 1) / 2);

    /// <summary>Whether a block enlarges its maps: the first of each resolution after 4×4.</summary>
    /// <param name="index">The block, from 0.</param>
    internal static bool Enlarges(int index) => index % 2 == 1;

    /// <summary>Maps times their scales, convolved, times what demodulates them, and activated in place.</summary>
    private NetworkCost BlockCost(int index, int subspaces, CodeUse codes)
    {
        double inputs = InputsOf(index),
            outputs = (double)Channels[index] / subspaces,
            pixels = Pixels(index + 1),
            before = Enlarges(index) ? pixels / 4 : pixels;
        var (scaling, demodulation) =
            codes == CodeUse.Optimized
                ? (LayerCost.Scaling(inputs * before), LayerCost.ActivatedScaling(outputs * pixels))
                : (LayerCost.FixedScaling(inputs * before), LayerCost.FixedActivatedScaling(outputs * pixels));
        return scaling
            + new NetworkCost(0, outputs * pixels + inputs * before, 9 * inputs * outputs * pixels)
            + demodulation
            + (Clamp > 0 ? LayerCost.Clamping(outputs * pixels) : default);
    }

    /// <summary>The RGB image of a resolution's last maps, added to the one before; nothing after any other block.</summary>
    private NetworkCost RgbCost(int layer)
    {
        if (!EndsResolution(layer))
            return default;
        double inputs = Channels[layer - 1],
            pixels = Pixels(layer);
        return new NetworkCost(Colors * pixels, (3 * Colors + inputs) * pixels, inputs * Colors * pixels)
            + (Clamp > 0 ? LayerCost.Clamping(Colors * pixels) : default);
    }

    private double Pixels(int layer) => Math.Pow(ResolutionAt(layer), 2);
}
