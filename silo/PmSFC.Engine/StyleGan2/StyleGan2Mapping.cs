using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>From codes to styles: a pixel norm, then dense layers with a leaky ReLU 0.2 and a gain of √2 each. Weights are frozen.</summary>
internal sealed class StyleGan2Mapping : IDisposable
{
    /// <summary>What is learned is a hundredth of what is stored.</summary>
    private const double Rate = 0.01;

    private static readonly Scalar Slope = 0.2;

    private readonly (Tensor Weight, Tensor Bias)[] _layers; // [in, S] and [S], with the gain of √2

    public StyleGan2Mapping(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var gain = Rate * Math.Sqrt(2);
        _layers = [.. Enumerable.Range(0, architecture.MappingLayers).Select(Layer)];

        (Tensor, Tensor) Layer(int index) =>
            (
                Style
                    .Matrix(
                        weights.Tensor(Part.MappingWeight, index, device, dtype, architecture.StyleSize, architecture.MappingInputs(index))
                    )
                    .Multiply(gain)
                    .DetachFromDisposeScope(),
                weights.Tensor(Part.MappingBias, index, device, dtype, architecture.StyleSize).Multiply(gain).DetachFromDisposeScope()
            );
    }

    /// <summary>Codes of the length that the first layer takes.</summary>
    public static Tensor Normalize(Tensor z) => NetworkLayers.PixelNorm(z);

    /// <param name="z">[N, latent].</param>
    /// <returns>[N, S]; owned by the caller's dispose scope.</returns>
    public Tensor Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var style = Normalize(z);
        foreach (var (weight, bias) in _layers)
            style = style.mm(weight).AddInPlace(bias).leaky_relu_(Slope);
        return style.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (weight, bias) in _layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }
}
