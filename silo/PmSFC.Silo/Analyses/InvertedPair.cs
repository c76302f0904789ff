using PmSFC.Engine.Generators;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using TorchSharp;

namespace PmSFC.Silo.Analyses;

/// <summary>Two images that one cell inverted.</summary>
/// <param name="Generator">The generator of both.</param>
/// <param name="Split">l, number of blocks in G1.</param>
/// <param name="Partition">The subspaces of the method, where it uses any.</param>
/// <param name="TargetA">What was inverted first.</param>
/// <param name="TargetB">What was inverted second.</param>
/// <param name="A">The maps of the first inversion, [1, C, h, w].</param>
/// <param name="B">The maps of the second, [1, C, h, w].</param>
public sealed record InvertedPair(
    Generator Generator, int Split, ChannelPartition? Partition, RgbImage TargetA, RgbImage TargetB, torch.Tensor A, torch.Tensor B);
