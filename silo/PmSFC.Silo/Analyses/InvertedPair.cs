using PmSFC.Engine.Generators;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>Two images that one cell inverted.</summary>
/// <param name="Generator">The generator of both.</param>
/// <param name="Split">l, number of blocks in G1.</param>
/// <param name="Partition">The subspaces of the method, where it uses any.</param>
/// <param name="TargetA">What was inverted first.</param>
/// <param name="TargetB">What was inverted second.</param>
/// <param name="A">The features of the first inversion.</param>
/// <param name="B">The features of the second.</param>
public sealed record InvertedPair(
    IGenerator Generator,
    int Split,
    ChannelPartition? Partition,
    RgbImage TargetA,
    RgbImage TargetB,
    SplitFeatures A,
    SplitFeatures B
);
