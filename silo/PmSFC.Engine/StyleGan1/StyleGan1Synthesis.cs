using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// A StyleGAN1 generator without its mapping. A cut is after a block's maps have their style, and the context is the styles alone: RGB is made of the last maps.
/// </summary>
internal sealed class StyleGan1Synthesis : StyledSynthesis
{
    private readonly Tensor _rgb; // [colors, C, 1, 1]
    private readonly Tensor _rgbBias; // [colors]

    public StyleGan1Synthesis(StyleGan1Weights weights, StyleGan1Architecture architecture, Device device, ScalarType dtype)
        : base(
            weights,
            architecture,
            [.. Enumerable.Range(0, architecture.Layers).Select(i => NormalizedBlock.Load(weights, architecture, i, device, dtype))],
            device,
            dtype
        )
    {
        using var scope = NewDisposeScope();
        var (last, colors, channels) = (architecture.Layers - 1, architecture.Colors, architecture.Channels[^1]);
        var stored = weights.Tensor(Part.RgbKernel, last, device, dtype, colors, channels, 1, 1);
        _rgb = stored.Multiply(1 / Math.Sqrt(channels)).DetachFromDisposeScope();
        _rgbBias = weights.Tensor(Part.RgbBias, last, device, dtype, colors).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _rgb.Dispose();
        _rgbBias.Dispose();
    }

    protected override Tensor Image(SplitFeatures features, Func<Part, Tensor>? moves = null)
    {
        var x = features.Maps;
        if (moves is null)
            return NetworkLayers.Convolve(x, _rgb, _rgbBias);
        var moved = moves(Part.RgbKernel).view(x.shape[0], -1, x.shape[1]).Multiply(1 / Math.Sqrt(x.shape[1]));
        var image = moved.Add(_rgb.flatten(1)).bmm(x.flatten(2)).view(x.shape[0], -1, x.shape[2], x.shape[3]);
        return image.Add(Style.OverPixels(moves(Part.RgbBias).view(x.shape[0], -1).Add(_rgbBias)));
    }
}
