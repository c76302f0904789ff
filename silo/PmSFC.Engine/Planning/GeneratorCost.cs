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
    public static ModelPlan Composition(GeneratorArchitecture architecture, int split, int codes, int subspaces) => new(
        (Blocks(architecture, 0, split - 1) + Block(architecture, split - 1, subspaces)) * codes
            + Blocks(architecture, split, architecture.Layers) + Output(architecture),
        (double)codes * (architecture.LatentSize + architecture.ChannelsAt(split)));

    /// <summary>Whole images of several codes, each compared with the target.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="codes">Codes an image.</param>
    public static ModelPlan Whole(GeneratorArchitecture architecture, int codes) => new(
        (Blocks(architecture, 0, architecture.Layers) + Output(architecture)) * codes,
        (double)codes * architecture.LatentSize,
        codes);

    private static NetworkCost Blocks(GeneratorArchitecture architecture, int first, int end) =>
        Enumerable.Range(first, end - first).Aggregate(default(NetworkCost), (cost, i) => cost + Block(architecture, i, 1));

    private static NetworkCost Block(GeneratorArchitecture architecture, int index, int subspaces)
    {
        var pixels = Math.Pow(architecture.ResolutionAt(index + 1), 2);
        var output = (double)architecture.Channels[index] / subspaces * pixels;
        if (index == 0) return new NetworkCost(output + architecture.LatentSize, output, output * architecture.LatentSize);
        double channels = architecture.Channels[index - 1], input = channels * pixels;
        return new NetworkCost(input + output, Math.Max(input, output), output * channels * 9);
    }

    private static NetworkCost Output(GeneratorArchitecture architecture)
    {
        var input = (double)architecture.Channels[^1] * architecture.Resolution * architecture.Resolution;
        return new NetworkCost(input, input, 3 * input);
    }
}
