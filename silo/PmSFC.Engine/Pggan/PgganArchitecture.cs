using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Pggan;

/// <summary>The sizes of a progressive GAN's generator: two convolutional blocks a resolution, from 4×4 up.</summary>
public sealed record PgganArchitecture : GeneratorArchitecture
{
    private const int MostBlocks = 18;

    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block; two blocks a resolution.</param>
    /// <exception cref="ArgumentException">The number of blocks is not even, or a size is not positive.</exception>
    public PgganArchitecture(int latentSize, IReadOnlyList<int> channels)
        : base(latentSize, channels)
    {
        if (channels.Count > MostBlocks || channels.Count % 2 != 0)
            throw new ArgumentException(
                "A generator has two blocks a resolution, from 4 to 1024 pixels, each with at least one channel.",
                nameof(channels)
            );
    }

    /// <inheritdoc/>
    public override string Family => PgganFamily.FamilyName;

    /// <inheritdoc/>
    public override NetworkCost OutputCost
    {
        get
        {
            var (channels, pixels) = (Channels[^1], Pixels(Layers));
            return LayerCost.PixelNorm(channels, pixels) + LayerCost.Convolution(channels, 3, 1, pixels) + LayerCost.Map(3 * pixels);
        }
    }

    /// <inheritdoc/>
    public override int ResolutionAt(int split) => 4 << ((split - 1) / 2);

    /// <inheritdoc/>
    public override double WeightsOf(int index) =>
        index == 0 ? 16.0 * LatentSize * Channels[0] : 9.0 * Channels[index - 1] * Channels[index];

    /// <inheritdoc/>
    public override NetworkCost LowerCost(int split, int subspaces = 1) => AdvanceCost(0, split - 1) + BlockCost(split - 1, subspaces);

    /// <inheritdoc/>
    public override NetworkCost AdvanceCost(int from, int to, CodeUse codes = CodeUse.Optimized) =>
        Enumerable.Range(from, to - from).Aggregate(default(NetworkCost), (cost, i) => cost + BlockCost(i, 1));

    /// <summary>Whether a block enlarges its maps: the first of each resolution after 4×4.</summary>
    /// <param name="index">The block, from 1.</param>
    internal static bool Enlarges(int index) => index % 2 == 0;

    private NetworkCost BlockCost(int index, int subspaces)
    {
        var (outputs, pixels) = ((double)Channels[index] / subspaces, Pixels(index + 1));
        if (index == 0)
            return LayerCost.Dense(LatentSize, outputs * pixels);
        var inputs = Channels[index - 1];
        var prepared = Enlarges(index) ? LayerCost.UpsampledPixelNorm(inputs, pixels / 4) : LayerCost.PixelNorm(inputs, pixels);
        return prepared + LayerCost.ActivatedConvolution(inputs, outputs, 9, pixels);
    }

    private double Pixels(int blocks) => Math.Pow(ResolutionAt(blocks), 2);
}
