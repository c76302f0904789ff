using PmSFC.Engine.Subspaces;
using static TorchSharp.torch;
using Generator = PmSFC.Engine.Generators.Generator;

namespace PmSFC.Engine.Analyses;

/// <summary>What each subspace carries from one image to another (Fig. 4 of the paper): its channels change owners, all others stay.</summary>
public static class FeatureSwap
{
    /// <summary>One image's maps, R times, each with the channels of another subspace taken from another image's maps.</summary>
    /// <param name="a">[1, C, h, w].</param>
    /// <param name="b">[1, C, h, w].</param>
    /// <param name="partition">R subspaces of the C channels.</param>
    /// <returns>[R, C, h, w], in the order of the subspaces; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or the partition is of another number of channels.</exception>
    public static Tensor Features(Tensor a, Tensor b, ChannelPartition partition)
    {
        FeatureImages.CheckPair(a, b);
        if (partition.Channels != a.shape[1])
            throw new ArgumentException($"The subspaces are of {partition.Channels} channels, but the maps have {a.shape[1]}.", nameof(partition));
        using var scope = NewDisposeScope();
        var labels = tensor(partition.Labels.Select(label => (long)label).ToArray(), device: a.device).view(1, -1, 1, 1);
        var subspaces = tensor(Enumerable.Range(0, partition.Count).Select(subspace => (long)subspace).ToArray(), device: a.device).view(-1, 1, 1, 1);
        return where(labels == subspaces, b, a).MoveToOuterDisposeScope();
    }

    /// <summary>G2 of <see cref="Features"/>.</summary>
    /// <param name="generator">The generator of both inversions.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="a">[1, C, h, w].</param>
    /// <param name="b">[1, C, h, w].</param>
    /// <param name="partition">R subspaces of the C channels.</param>
    /// <returns>[R, 3, H, W], not clamped; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or the partition or the cut do not fit them.</exception>
    public static Tensor Images(Generator generator, int split, Tensor a, Tensor b, ChannelPartition partition)
    {
        using var scope = NewDisposeScope();
        return FeatureImages.Of(generator, split, Features(a, b, partition)).MoveToOuterDisposeScope();
    }
}
