using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// From codes to styles: a pixel norm, then dense layers with a leaky ReLU 0.2 and a gain of √2 each; then w̄ + ψ (w − w̄) where styles are truncated.
/// Weights are frozen.
/// </summary>
internal sealed class StyleGan2Mapping : IDisposable
{
    /// <summary>What is learned is a hundredth of what is stored.</summary>
    private const double Rate = 0.01;

    private const int SampleCount = 10_000;

    private static readonly Scalar Slope = 0.2;
    private static readonly long[] OverSamples = [0];

    private readonly StyleGan2Architecture _architecture;
    private readonly (Tensor Weight, Tensor Bias)[] _layers; // [in, S] and [S], with the gain of √2
    private readonly Tensor? _truncation; // ψ, [1]
    private readonly Lazy<double> _spread;

    public StyleGan2Mapping(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        _architecture = architecture;
        var gain = Rate * Math.Sqrt(2);
        _layers = [.. Enumerable.Range(0, architecture.MappingLayers).Select(Layer)];
        Mean = (
            weights.HasMeanStyle ? weights.Tensor(Part.MeanStyle, 0, device, dtype, architecture.StyleSize) : Samples().mean(OverSamples)
        ).DetachFromDisposeScope();
        _truncation = weights.Truncation < 1 ? weights.Tensor(Part.Truncation, 0, device, dtype, 1).DetachFromDisposeScope() : null;
        _spread = new Lazy<double>(FindSpread);

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

    /// <summary>w̄, [S]: the file's, or else that of codes that are always the same.</summary>
    public Tensor Mean { get; }

    /// <summary>The square root of the mean squared distance of styles from their mean, of codes that are always the same; truncation does not count.</summary>
    public double Spread => _spread.Value;

    /// <summary>Codes of the length that the first layer takes.</summary>
    public static Tensor Normalize(Tensor z) => NetworkLayers.PixelNorm(z);

    /// <param name="z">[N, latent].</param>
    /// <returns>[N, S]; owned by the caller's dispose scope.</returns>
    public Tensor Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var style = Whole(z);
        if (_truncation is not null)
            style = lerp(Mean, style, _truncation);
        return style.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        _truncation?.Dispose();
        foreach (var (weight, bias) in _layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    /// <summary>Styles that are not truncated.</summary>
    private Tensor Whole(Tensor z)
    {
        var style = Normalize(z);
        foreach (var (weight, bias) in _layers)
            style = style.mm(weight).AddInPlace(bias).leaky_relu_(Slope);
        return style;
    }

    private Tensor Samples()
    {
        var first = _layers[0].Weight;
        return Whole(NormalNumbers.Draw(0, 0, SampleCount, _architecture.LatentSize).to(first.dtype, first.device));
    }

    private double FindSpread()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return Samples().var(OverSamples, unbiased: false).sum().sqrt().to(ScalarType.Float64).item<double>();
    }
}
