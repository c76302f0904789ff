using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Planning;

/// <summary>What passes through a generator take.</summary>
public static class GeneratorCost
{
    /// <summary>Several codes through G1, and what is composed of them through G2.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="codes">Codes an image, over all subspaces.</param>
    /// <param name="subspaces">R: a code takes 1/R of G1's last channels on average.</param>
    public static ModelPlan Composition(GeneratorArchitecture architecture, int split, int codes, int subspaces)
    {
        var composed = architecture.ChannelsAt(split) * Pixels(architecture, split);
        var cost = (Blocks(architecture, 0, split - 1) + Block(architecture, split - 1, subspaces)) * codes
            + LayerCost.WeightedSum(composed / subspaces * codes, composed)
            + Blocks(architecture, split, architecture.Layers) + Output(architecture);
        return new ModelPlan(cost, (double)codes * (architecture.LatentSize + architecture.ChannelsAt(split)));
    }

    /// <summary>Whole images of several codes, each compared with the target.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="codes">Codes an image.</param>
    public static ModelPlan Whole(GeneratorArchitecture architecture, int codes) => new(
        (Blocks(architecture, 0, architecture.Layers) + Output(architecture)) * codes,
        (double)codes * architecture.LatentSize,
        codes);

    /// <summary>Blocks <paramref name="first"/> to <paramref name="end"/> − 1.</summary>
    public static NetworkCost Blocks(GeneratorArchitecture architecture, int first, int end) =>
        Enumerable.Range(first, end - first).Aggregate(default(NetworkCost), (cost, i) => cost + Block(architecture, i, 1));

    /// <summary>RGB of the last block's maps.</summary>
    public static NetworkCost Output(GeneratorArchitecture architecture)
    {
        var (channels, pixels) = (architecture.Channels[^1], Pixels(architecture, architecture.Layers));
        return LayerCost.PixelNorm(channels, pixels) + LayerCost.Convolution(channels, 3, 1, pixels) + LayerCost.Map(3 * pixels);
    }

    /// <summary>Numbers in the weight of a block.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="index">The block, from 0.</param>
    public static double Weights(GeneratorArchitecture architecture, int index) => index == 0
        ? 16.0 * architecture.LatentSize * architecture.Channels[0]
        : 9.0 * architecture.Channels[index - 1] * architecture.Channels[index];

    private static double Pixels(GeneratorArchitecture architecture, int blocks) => Math.Pow(architecture.ResolutionAt(blocks), 2);

    private static NetworkCost Block(GeneratorArchitecture architecture, int index, int subspaces)
    {
        var (outputs, pixels) = ((double)architecture.Channels[index] / subspaces, Pixels(architecture, index + 1));
        if (index == 0) return LayerCost.Dense(architecture.LatentSize, outputs * pixels);
        var inputs = architecture.Channels[index - 1];
        var prepared = index % 2 == 0 ? LayerCost.UpsampledPixelNorm(inputs, pixels / 4) : LayerCost.PixelNorm(inputs, pixels);
        return prepared + LayerCost.ActivatedConvolution(inputs, outputs, 9, pixels);
    }
}
