using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>
/// RRDBNet, the generator of ESRGAN (Wang et al. 2018): residual-in-residual dense blocks, each of three dense blocks of five 3×3 layers, residuals
/// scaled by 0.2; then nearest-neighbour doublings with a layer after each. It sees R, G and B from 0 to 1.
/// </summary>
/// <param name="Factor">How many times wider and higher it makes an image, a power of 2.</param>
/// <param name="Blocks">Residual-in-residual dense blocks, 23 for the authors.</param>
/// <param name="Features">Maps between blocks, 64 for the authors.</param>
/// <param name="Growth">Maps that each layer of a dense block adds, 32 for the authors.</param>
internal sealed record RrdbArchitecture(int Factor, int Blocks, int Features, int Growth) : SuperResolutionArchitecture(Factor)
{
    /// <summary>Dense blocks of a block.</summary>
    public const int DenseBlocks = 3;

    /// <summary>Layers of a dense block.</summary>
    public const int DenseLayers = 5;

    private static readonly Scalar One = 1,
        Half = 0.5,
        Two = 2,
        ResidualScale = 0.2;

    private static readonly RrdbNames Names = RrdbNames.Authors;

    /// <inheritdoc/>
    public override IEnumerable<SuperResolutionLayer> Layers => NamedBy(Names);

    /// <summary>
    /// In the last block: the first maps, those of each block and dense block, and inside the dense one those of its layers, joined and not, and three more.
    /// Or in the end: those of the blocks, and for each doubling the enlarged maps and what is made of them.
    /// </summary>
    protected override double HeldPerPixel =>
        Math.Max(
            (1.0 + Blocks + DenseBlocks + 7) * Features + 14 * Growth,
            Features * (3.0 + Blocks + Enumerable.Range(1, Doublings).Sum(doubling => 2 * Math.Pow(4, doubling)) + Math.Pow(4, Doublings))
        );

    /// <summary>The layers of <see cref="Layers"/>, in their order, by the names of a code base.</summary>
    public IEnumerable<SuperResolutionLayer> NamedBy(RrdbNames names)
    {
        yield return new SuperResolutionLayer(names.First, 3, Features, 3, 1);
        for (var block = 0; block < Blocks; block++)
        {
            for (var dense = 1; dense <= DenseBlocks; dense++)
            {
                for (var layer = 1; layer <= DenseLayers; layer++)
                {
                    yield return new SuperResolutionLayer(
                        names.Dense(block, dense, layer),
                        Features + (layer - 1) * Growth,
                        layer < DenseLayers ? Growth : Features,
                        3,
                        1
                    );
                }
            }
        }

        yield return new SuperResolutionLayer(names.TrunkEnd(Blocks), Features, Features, 3, 1);
        for (var doubling = 0; doubling < Doublings; doubling++)
            yield return new SuperResolutionLayer(names.Doubling(doubling), Features, Features, 3, 2 << doubling);
        yield return new SuperResolutionLayer(names.Fine(Doublings), Features, Features, 3, Factor);
        yield return new SuperResolutionLayer(names.Last(Doublings), Features, 3, 3, Factor);
    }

    /// <inheritdoc/>
    public override Tensor Enlarge(Tensor images, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var first = Convolve(images.Add(One).mul(Half), Names.First, tensors);
        var x = first;
        for (var block = 0; block < Blocks; block++)
            x = Block(x, block, tensors);
        x = Convolve(x, Names.TrunkEnd(Blocks), tensors).Add(first);
        for (var doubling = 0; doubling < Doublings; doubling++)
            x = NetworkLayers.Activate(Convolve(NetworkLayers.Upsample(x), Names.Doubling(doubling), tensors));
        x = NetworkLayers.Activate(Convolve(x, Names.Fine(Doublings), tensors));
        return (Convolve(x, Names.Last(Doublings), tensors) * Two - One).MoveToOuterDisposeScope();
    }

    private static Tensor Block(Tensor features, int block, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var x = features;
        for (var dense = 1; dense <= DenseBlocks; dense++)
            x = DenseBlock(x, block, dense, tensors);
        return x.mul(ResidualScale).Add(features).MoveToOuterDisposeScope();
    }

    private static Tensor DenseBlock(Tensor features, int block, int dense, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var maps = features;
        for (var layer = 1; layer < DenseLayers; layer++)
            maps = cat([maps, NetworkLayers.Activate(Convolve(maps, Names.Dense(block, dense, layer), tensors))], 1);
        return Convolve(maps, Names.Dense(block, dense, DenseLayers), tensors).mul(ResidualScale).Add(features).MoveToOuterDisposeScope();
    }
}
