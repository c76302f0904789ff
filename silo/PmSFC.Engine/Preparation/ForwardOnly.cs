using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Preparation;

/// <summary>A pass through a generator of which no backward pass follows, block by block, so that the maps of two blocks are held at a time.</summary>
internal static class ForwardOnly
{
    /// <summary>The features after each block.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="codes">[N, latent].</param>
    /// <param name="last">The last block, from 1.</param>
    /// <returns>Each until the next is asked for; the last is owned by the caller's dispose scope.</returns>
    public static IEnumerable<(int Block, SplitFeatures Features)> Walk(IGenerator generator, Tensor codes, int last)
    {
        var features = generator.Lower(codes, 1);
        yield return (1, features);
        for (var block = 2; block <= last; block++)
        {
            var before = features;
            features = generator.Advance(before, block - 1, block);
            foreach (var tensor in before.Tensors.Except(features.Tensors))
                tensor.Dispose();
            yield return (block, features);
        }
    }

    /// <summary>What <see cref="Walk"/> takes for one code.</summary>
    /// <returns>The most numbers that are held at one time, and the multiplications.</returns>
    public static (double PeakElements, double MultiplyAdds) Cost(GeneratorArchitecture architecture, int last)
    {
        var cost = architecture.LowerCost(1);
        var peak = cost.PeakElements;
        for (var block = 1; block < last; block++)
        {
            var step = architecture.AdvanceCost(block, block + 1);

            // The maps before, what the next block holds, and its input once more in the layout that its convolution wants.
            var input = architecture.ChannelsAt(block) * Math.Pow(architecture.ResolutionAt(block + 1), 2);
            peak = Math.Max(peak, MapsAt(architecture, block) + input + step.PeakElements);
            cost += step;
        }

        return (peak, cost.MultiplyAdds);
    }

    /// <summary>Numbers of the maps after a block, for one code.</summary>
    public static double MapsAt(GeneratorArchitecture architecture, int block) =>
        architecture.ChannelsAt(block) * Math.Pow(architecture.ResolutionAt(block), 2);
}
