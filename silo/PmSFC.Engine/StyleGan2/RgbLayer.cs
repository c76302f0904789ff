using PmSFC.Engine.Styles;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// An RGB image of a resolution's last maps: a 1×1 convolution whose inputs are scaled by a style and whose outputs are not demodulated. As the product of
/// each image's pixels with its own small matrix, so that no scaled copy of the maps is made.
/// </summary>
internal sealed class RgbLayer : IDisposable
{
    private readonly Tensor _modulation; // [S, C]
    private readonly Tensor _modulationBias; // [C]
    private readonly Tensor _weight; // [C, colors]
    private readonly Tensor _bias; // [colors]
    private readonly Limit? _limit;

    private RgbLayer(Tensor modulation, Tensor modulationBias, Tensor weight, Tensor bias, Limit? limit) =>
        (_modulation, _modulationBias, _weight, _bias, _limit) = (modulation, modulationBias, weight, bias, limit);

    /// <summary>Puts the layer of a block on a device.</summary>
    public static RgbLayer Load(StyleGan2Weights weights, StyleGan2Architecture architecture, int index, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        long channels = architecture.Channels[index],
            colors = architecture.Colors;
        return new RgbLayer(
            Style.Matrix(Read(Part.RgbModulation, channels, architecture.StyleSize)).DetachFromDisposeScope(),
            Read(Part.RgbModulationBias, channels).DetachFromDisposeScope(),
            Read(Part.RgbKernel, colors, channels).t().Multiply(1 / Math.Sqrt(channels)).contiguous().DetachFromDisposeScope(),
            Read(Part.RgbBias, colors).DetachFromDisposeScope(),
            Limit.Of(architecture)
        );

        Tensor Read(Part part, params ReadOnlySpan<long> shape) => weights.Tensor(part, index, device, dtype, shape);
    }

    /// <param name="x">[N, C, h, w].</param>
    /// <param name="style">w, [N, S].</param>
    /// <returns>[N, colors, h, w]; owned by the caller's dispose scope.</returns>
    public Tensor Forward(Tensor x, Tensor style)
    {
        using var scope = NewDisposeScope();
        var scales = style.mm(_modulation).AddInPlace(_modulationBias);
        return Image(x, scales.unsqueeze(-1) * _weight, _bias).MoveToOuterDisposeScope();
    }

    /// <summary>The image by weights that are moved, for each image in its own way.</summary>
    /// <param name="x">[N, C, h, w].</param>
    /// <param name="style">w, [N, S].</param>
    /// <param name="moves">What is added to each of the layer's weights as it is stored, [N, …].</param>
    /// <returns>As <see cref="Forward(Tensor, Tensor)"/>.</returns>
    public Tensor Forward(Tensor x, Tensor style, Func<Part, Tensor> moves)
    {
        using var scope = NewDisposeScope();
        var scales = Style.Moved(style, _modulation, _modulationBias, moves(Part.RgbModulation), moves(Part.RgbModulationBias));
        var moved = moves(Part.RgbKernel).view(x.shape[0], -1, x.shape[1]).transpose(1, 2).Multiply(1 / Math.Sqrt(x.shape[1]));
        return Image(x, scales.unsqueeze(-1) * moved.Add(_weight), moves(Part.RgbBias).view(x.shape[0], 1, -1).Add(_bias))
            .MoveToOuterDisposeScope();
    }

    private Tensor Image(Tensor x, Tensor matrices, Tensor bias)
    {
        var pixels = x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, x.shape[1]);
        var image = Limit.Apply(_limit, pixels.bmm(matrices).AddInPlace(bias));
        return image.transpose(1, 2).reshape(x.shape[0], -1, x.shape[2], x.shape[3]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { _modulation, _modulationBias, _weight, _bias })
            tensor.Dispose();
    }
}
