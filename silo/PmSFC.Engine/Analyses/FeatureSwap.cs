using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Analyses;

/// <summary>What each subspace carries from one image to another (Fig. 4 of the paper): its channels change owners, all others stay.</summary>
public static class FeatureSwap
{
    /// <summary>One image's features, R times, each with the channels of another subspace taken from another image's maps; the context stays.</summary>
    /// <param name="a">Of one image.</param>
    /// <param name="b">Of one image.</param>
    /// <param name="partition">R subspaces of the C channels.</param>
    /// <returns>Of R images, in the order of the subspaces; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or the partition is of another number of channels.</exception>
    public static SplitFeatures Features(SplitFeatures a, SplitFeatures b, ChannelPartition partition)
    {
        FeatureImages.CheckPair(a, b);
        if (partition.Channels != a.Maps.shape[1])
            throw new ArgumentException(
                $"The subspaces are of {partition.Channels} channels, but the maps have {a.Maps.shape[1]}.",
                nameof(partition)
            );
        using var scope = NewDisposeScope();
        var labels = tensor(partition.Labels.Select(label => (long)label).ToArray(), device: a.Maps.device).view(1, -1, 1, 1);
        var subspaces = tensor(Enumerable.Range(0, partition.Count).Select(subspace => (long)subspace).ToArray(), device: a.Maps.device)
            .view(-1, 1, 1, 1);
        var context = a.Context.Select(tensor => tensor.expand([partition.Count, .. tensor.shape[1..]]));
        return new SplitFeatures(where(labels == subspaces, b.Maps, a.Maps), [.. context]).MoveToOuterDisposeScope();
    }

    /// <summary>G2 of <see cref="Features"/>.</summary>
    /// <param name="generator">The generator of both inversions.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="a">Of one image.</param>
    /// <param name="b">Of one image.</param>
    /// <param name="partition">R subspaces of the C channels.</param>
    /// <returns>[R, 3, H, W], not clamped; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or the partition or the cut do not fit them.</exception>
    public static Tensor Images(IGenerator generator, int split, SplitFeatures a, SplitFeatures b, ChannelPartition partition)
    {
        using var scope = NewDisposeScope();
        return FeatureImages.Of(generator, split, Features(a, b, partition)).MoveToOuterDisposeScope();
    }
}
