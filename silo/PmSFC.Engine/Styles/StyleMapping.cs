using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>
/// From codes to styles: a pixel norm, then dense layers with a leaky ReLU 0.2 each; then w̄ + ψ (w − w̄) where styles are truncated. Weights are frozen.
/// </summary>
internal sealed class StyleMapping : IDisposable
{
    /// <summary>What stored weights and biases are multiplied by: the mapping learns a hundred times as slowly as the rest.</summary>
    public const double LearningRate = 0.01;

    private const int SampleCount = 10_000;

    private static readonly Scalar Slope = 0.2;
    private static readonly long[] OverSamples = [0];

    private readonly (Tensor Weight, Tensor Bias)[] _layers; // [in, S] and [S], as they are used
    private readonly Tensor? _truncation; // ψ, [1]
    private readonly Lazy<double> _spread;

    private StyleMapping((Tensor Weight, Tensor Bias)[] layers, Tensor? mean, Tensor? truncation)
    {
        (_layers, _truncation) = (layers, truncation);
        Mean = mean ?? Samples().mean(OverSamples);
        _spread = new Lazy<double>(FindSpread);
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
    }

    /// <summary>w̄, [S]: the file's, or else that of codes that are always the same.</summary>
    public Tensor Mean { get; }

    /// <summary>The square root of the mean squared distance of styles from their mean, of codes that are always the same; truncation does not count.</summary>
    public double Spread => _spread.Value;

    private IEnumerable<Tensor> Tensors =>
        _layers.SelectMany(layer => new[] { layer.Weight, layer.Bias }).Append(Mean).Concat(_truncation is null ? [] : [_truncation]);

    /// <summary>Puts a mapping on a device.</summary>
    /// <param name="weights">The generator's.</param>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="biasGain">What a layer's bias is multiplied by besides <see cref="LearningRate"/>; its weight is by √2/√inputs.</param>
    /// <param name="device">Where to.</param>
    /// <param name="dtype">Single or double precision.</param>
    public static StyleMapping Load(
        StyledWeights weights,
        StyledArchitecture architecture,
        double biasGain,
        Device device,
        ScalarType dtype
    )
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return new StyleMapping(
            [.. Enumerable.Range(0, architecture.MappingLayers).Select(Layer)],
            weights.HasMeanStyle ? weights.Tensor(Part.MeanStyle, 0, device, dtype, architecture.StyleSize) : null,
            weights.Truncation < 1 ? weights.Tensor(Part.Truncation, 0, device, dtype, 1) : null
        );

        (Tensor, Tensor) Layer(int index)
        {
            var (inputs, outputs) = (architecture.MappingInputs(index), architecture.StyleSize);
            return (
                Style
                    .Matrix(weights.Tensor(Part.MappingWeight, index, device, dtype, outputs, inputs))
                    .Multiply(LearningRate * Math.Sqrt(2)),
                weights.Tensor(Part.MappingBias, index, device, dtype, outputs).Multiply(LearningRate * biasGain)
            );
        }
    }

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
        foreach (var tensor in Tensors)
            tensor.Dispose();
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
        return Whole(NormalNumbers.Draw(0, 0, SampleCount, first.shape[0]).to(first.dtype, first.device));
    }

    private double FindSpread()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return Samples().var(OverSamples, unbiased: false).sum().sqrt().to(ScalarType.Float64).item<double>();
    }
}
