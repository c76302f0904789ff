using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Rcan;

/// <summary>
/// RCAN (Zhang et al. 2018): groups of residual blocks with channel attention, a skip over each block, each group and all of them, then a pixel
/// shuffle for each doubling. It sees R, G and B from 0 to 255 without their means over DIV2K.
/// </summary>
/// <param name="Factor">How many times wider and higher it makes an image, a power of 2.</param>
/// <param name="Groups">G, 10 for the authors.</param>
/// <param name="Blocks">Blocks of a group, 20 for the authors.</param>
/// <param name="Features">Maps of every layer, 64 for the authors.</param>
/// <param name="Reduction">How many times fewer maps channel attention squeezes them to, 16 for the authors.</param>
internal sealed record RcanArchitecture(int Factor, int Groups, int Blocks, int Features, int Reduction)
    : SuperResolutionArchitecture(Factor)
{
    private const string SubtractMean = "sub_mean",
        AddMean = "add_mean";
    private static readonly float[] Identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    private static readonly double[] Div2kMean = [0.4488, 0.4371, 0.4040];
    private static readonly long[] OverPixels = [2, 3];
    private static readonly Scalar One = 1,
        HalfRange = 127.5;

    private static readonly RcanNames Names = RcanNames.Authors;

    private static readonly (string Name, long[] Shape, float[] Values)[] MeanShift =
    [
        ($"{SubtractMean}.weight", [3, 3, 1, 1], Identity),
        ($"{SubtractMean}.bias", [3], [.. Div2kMean.Select(mean => (float)(-255 * mean))]),
        ($"{AddMean}.weight", [3, 3, 1, 1], Identity),
        ($"{AddMean}.bias", [3], [.. Div2kMean.Select(mean => (float)(255 * mean))]),
    ];

    /// <inheritdoc/>
    public override IEnumerable<SuperResolutionLayer> Layers => NamedBy(Names);

    /// <summary>The shifts by the mean of DIV2K before and after everything else, as the authors' 1×1 convolutions.</summary>
    public override IReadOnlyList<(string Name, long[] Shape, float[] Values)> Buffers => MeanShift;

    /// <summary>
    /// In the last group: the head's maps, those of each group and of each of its blocks, and five inside the block. Or in the end: those of the groups,
    /// and for each doubling what it makes before and after it is shuffled.
    /// </summary>
    protected override double HeldPerPixel =>
        Features
        * Math.Max(1.0 + Groups + Blocks + 5, 3.0 + Groups + Enumerable.Range(0, Doublings).Sum(doubling => 8 * Math.Pow(4, doubling)));

    /// <summary>The layers of <see cref="Layers"/>, in their order, by the names of a code base.</summary>
    public IEnumerable<SuperResolutionLayer> NamedBy(RcanNames names)
    {
        yield return new SuperResolutionLayer(names.Head, 3, Features, 3, 1);
        for (var group = 0; group < Groups; group++)
        {
            for (var block = 0; block < Blocks; block++)
            {
                var name = names.Block(group, block);
                yield return new SuperResolutionLayer($"{name}.{names.BlockParts[0]}", Features, Features, 3, 1);
                yield return new SuperResolutionLayer($"{name}.{names.BlockParts[1]}", Features, Features, 3, 1);
                yield return new SuperResolutionLayer($"{name}.{names.BlockParts[2]}", Features, Features / Reduction, 1, 0);
                yield return new SuperResolutionLayer($"{name}.{names.BlockParts[3]}", Features / Reduction, Features, 1, 0);
            }

            yield return new SuperResolutionLayer(names.GroupEnd(group, Blocks), Features, Features, 3, 1);
        }

        yield return new SuperResolutionLayer(names.BodyEnd(Groups), Features, Features, 3, 1);
        for (var doubling = 0; doubling < Doublings; doubling++)
            yield return new SuperResolutionLayer(names.Doubling(doubling), Features, 4 * Features, 3, 1 << doubling);
        yield return new SuperResolutionLayer(names.Tail, Features, 3, 3, Factor);
    }

    /// <inheritdoc/>
    public override Tensor Enlarge(Tensor images, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var head = Convolve(Convolve(images.Add(One).mul(HalfRange), SubtractMean, tensors), Names.Head, tensors);
        var x = head;
        for (var group = 0; group < Groups; group++)
            x = Group(x, group, tensors);
        x = Convolve(x, Names.BodyEnd(Groups), tensors).Add(head);
        for (var doubling = 0; doubling < Doublings; doubling++)
            x = Shuffle(Convolve(x, Names.Doubling(doubling), tensors));
        x = Convolve(Convolve(x, Names.Tail, tensors), AddMean, tensors);
        return x.div(HalfRange).sub(One).MoveToOuterDisposeScope();
    }

    private Tensor Group(Tensor features, int group, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var x = features;
        for (var block = 0; block < Blocks; block++)
            x = Block(x, Names.Block(group, block), tensors);
        return Convolve(x, Names.GroupEnd(group, Blocks), tensors).Add(features).MoveToOuterDisposeScope();
    }

    private static Tensor Block(Tensor features, string name, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var x = Convolve(Convolve(features, $"{name}.{Names.BlockParts[0]}", tensors).relu_(), $"{name}.{Names.BlockParts[1]}", tensors);
        var squeezed = Convolve(x.mean(OverPixels, keepdim: true), $"{name}.{Names.BlockParts[2]}", tensors).relu_();
        var attention = Convolve(squeezed, $"{name}.{Names.BlockParts[3]}", tensors).sigmoid();
        return (x * attention).Add(features).MoveToOuterDisposeScope();
    }

    /// <summary>[N, 4 · C, h, w] to [N, C, 2 · h, 2 · w]: four maps become the pixels of each 2×2 square of one.</summary>
    private static Tensor Shuffle(Tensor x)
    {
        long maps = x.shape[1] / 4,
            height = x.shape[2],
            width = x.shape[3];
        return x.reshape(-1, maps, 2, 2, height, width).permute(0, 1, 4, 2, 5, 3).reshape(-1, maps, 2 * height, 2 * width);
    }
}
