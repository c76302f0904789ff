using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;

namespace PmSFC.SecondFamily;

/// <summary>The sizes of a styled generator: one block a resolution, from 4×4 up; a style is as long as a latent code.</summary>
public sealed record StyledArchitecture : GeneratorArchitecture
{
    private const int MostBlocks = 6;

    /// <summary>Takes the sizes of a generator.</summary>
    /// <exception cref="ArgumentException">There are fewer than 2 or more than 6 blocks, or a size is not positive.</exception>
    public StyledArchitecture(int latentSize, IReadOnlyList<int> channels)
        : base(latentSize, channels)
    {
        if (channels.Count is < 2 or > MostBlocks)
            throw new ArgumentException($"A styled generator has 2 to {MostBlocks} blocks.", nameof(channels));
    }

    /// <inheritdoc/>
    public override string Family => StyledFamily.FamilyName;

    /// <inheritdoc/>
    public override NetworkCost OutputCost => RgbCost(Layers);

    /// <inheritdoc/>
    public override int ResolutionAt(int split) => 4 << (split - 1);

    /// <inheritdoc/>
    public override double WeightsOf(int index)
    {
        double inputs = InputsOf(index),
            outputs = Channels[index];
        return (index == 0 ? (double)LatentSize * LatentSize + 16 * inputs : 0) + LatentSize * inputs + 9 * inputs * outputs + 3 * outputs;
    }

    /// <inheritdoc/>
    public override NetworkCost LowerCost(int split, int subspaces = 1)
    {
        var cost = LayerCost.Dense(LatentSize, LatentSize);
        for (var index = 0; index < split - 1; index++)
            cost += BlockCost(index, 1) + RgbCost(index + 1);
        return cost + BlockCost(split - 1, subspaces);
    }

    /// <inheritdoc/>
    public override NetworkCost AdvanceCost(int from, int to, CodeUse codes = CodeUse.Optimized)
    {
        NetworkCost cost = default;
        for (var index = from; index < to; index++)
            cost += RgbCost(index) + BlockCost(index, 1);
        return cost;
    }

    /// <summary>Input channels of a block; the first one's are those of the constant.</summary>
    internal int InputsOf(int index) => index == 0 ? Channels[0] : Channels[index - 1];

    /// <summary>The maps of a block: enlarged but for the first one, multiplied by styles, convolved.</summary>
    private NetworkCost BlockCost(int index, int subspaces)
    {
        double inputs = InputsOf(index),
            outputs = (double)Channels[index] / subspaces,
            pixels = Pixels(index + 1);
        var enlarged = index == 0 ? default : LayerCost.Map(inputs * pixels);
        return enlarged + LayerCost.Map(inputs * pixels) + LayerCost.ActivatedConvolution(inputs, outputs, 9, pixels);
    }

    /// <summary>The RGB image of a block's maps, added to the one before.</summary>
    private NetworkCost RgbCost(int layer) =>
        LayerCost.Convolution(Channels[layer - 1], 3, 1, Pixels(layer)) + LayerCost.Map(6 * Pixels(layer));

    private double Pixels(int layer) => Math.Pow(ResolutionAt(layer), 2);
}
