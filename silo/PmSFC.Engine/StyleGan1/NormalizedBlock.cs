using PmSFC.Engine.Styles;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// A block on a device: a convolution, of maps of twice the size with a blur after it where it enlarges, or a constant; noise times a strength of each channel,
/// bias, leaky ReLU 0.2; each channel less its mean and divided by its deviation, and (1 + y₀) and y₁ of a style as its new ones (AdaIN, Karras et al. 2019,
/// Eq. 1). Weights are frozen.
/// </summary>
internal sealed class NormalizedBlock : IStyledBlock
{
    /// <summary>From this size on networks were trained by a transposed convolution, which is one of the enlarged maps with the kernel turned round.</summary>
    private const int SmallestTransposed = 128;

    private static readonly Scalar Epsilon = 1e-8;
    private static readonly long[] OverPixels = [2, 3];

    private readonly Tensor _kernel; // [O, I, 3, 3], or the constant [1, O, 4, 4]
    private readonly Tensor _zeros; // [O]
    private readonly Tensor _bias; // [O, 1, 1]
    private readonly Tensor _modulation; // [S, 2 O]
    private readonly Tensor _modulationBias; // [2 O], with the 1 that scales begin at
    private readonly Tensor? _noise; // [h, w], as it is stored
    private readonly Tensor? _noiseStrength; // [O, 1, 1]: what noise is multiplied by
    private readonly int _index;

    private NormalizedBlock(
        Tensor kernel,
        Tensor bias,
        Tensor modulation,
        Tensor modulationBias,
        Tensor? noise,
        Tensor? noiseStrength,
        int index
    )
    {
        (_kernel, _bias, _modulation, _modulationBias) = (kernel, bias, modulation, modulationBias);
        (_noise, _noiseStrength, _index) = (noise, noiseStrength, index);
        _zeros = zeros(bias.shape[0], dtype: kernel.dtype, device: kernel.device);
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
    }

    private IEnumerable<Tensor> Tensors =>
        new[] { _kernel, _zeros, _bias, _modulation, _modulationBias, _noise, _noiseStrength }.OfType<Tensor>();

    private bool Enlarges => StyleGan1Architecture.Enlarges(_index);

    /// <summary>Puts a block on a device.</summary>
    /// <param name="weights">The generator's.</param>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="index">The block, from 0.</param>
    /// <param name="device">Where to.</param>
    /// <param name="dtype">Single or double precision.</param>
    public static NormalizedBlock Load(
        StyleGan1Weights weights,
        StyleGan1Architecture architecture,
        int index,
        Device device,
        ScalarType dtype
    )
    {
        using var scope = NewDisposeScope();
        long outputs = architecture.Channels[index],
            side = architecture.ResolutionAt(index + 1);
        var bias = Read(Part.Bias, outputs);
        return new NormalizedBlock(
            index == 0
                ? Read(Part.Constant, 1, outputs, 4, 4)
                : NetworkLayers.ChannelsLast(Used(Read(Part.Kernel, outputs, architecture.Channels[index - 1], 3, 3), index)),
            bias.view(-1, 1, 1),
            Style.Matrix(Read(Part.Modulation, 2 * outputs, architecture.StyleSize)),
            Read(Part.ModulationBias, 2 * outputs).AddInPlace(cat([ones_like(bias), zeros_like(bias)])),
            weights.HasNoise ? Read(Part.Noise, side, side) : null,
            weights.HasNoiseStrengths ? Read(Part.NoiseStrength, outputs, 1, 1) : null,
            index
        );

        Tensor Read(Part part, params ReadOnlySpan<long> shape) => weights.Tensor(part, index, device, dtype, shape);
    }

    /// <inheritdoc/>
    public IStyledBlock Restrict(IEnumerable<int> channels)
    {
        using var scope = NewDisposeScope();
        long count = _bias.shape[0];
        long[] chosen = [.. channels.Select(channel => (long)channel)];
        var outputs = tensor(chosen, device: _kernel.device);
        var ofStyles = tensor([.. chosen, .. chosen.Select(channel => channel + count)], device: _kernel.device);
        return new NormalizedBlock(
            _index == 0 ? _kernel.index_select(1, outputs) : NetworkLayers.ChannelsLast(_kernel.index_select(0, outputs)),
            _bias.index_select(0, outputs),
            _modulation.index_select(1, ofStyles),
            _modulationBias.index_select(0, ofStyles),
            _noise?.alias(),
            _noiseStrength?.index_select(0, outputs),
            _index
        );
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor? x, Tensor style, Tensor? noise = null)
    {
        using var scope = NewDisposeScope();
        var y =
            _index == 0
                ? _kernel.expand(style.shape[0], -1, -1, -1).clone()
                : Blurred(NetworkLayers.Convolve(Enlarged(x!), _kernel, _zeros));
        if ((noise ?? _noise) is { } added)
            y.AddInPlace(added * _noiseStrength!);
        y.AddInPlace(_bias);
        return Normalized(NetworkLayers.Activate(y), style.mm(_modulation).AddInPlace(_modulationBias)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>One image after the other: each has its own kernel.</remarks>
    public Tensor Forward(Tensor? x, Tensor style, Func<Part, Tensor> moves)
    {
        using var scope = NewDisposeScope();
        var y = _index == 0 ? moves(Part.Constant).Add(_kernel) : Blurred(Convolved(Enlarged(x!), moves(Part.Kernel)));
        if (_noise is not null)
            y.AddInPlace(_noise * Style.OverPixels(moves(Part.NoiseStrength)).Add(_noiseStrength!));
        y.AddInPlace(Style.OverPixels(moves(Part.Bias)).Add(_bias));
        var scales = Style.Moved(style, _modulation, _modulationBias, moves(Part.Modulation), moves(Part.ModulationBias));
        return Normalized(NetworkLayers.Activate(y), scales).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    /// <summary>Kernels as they are used, of those that are stored.</summary>
    /// <param name="stored">[…, O, I, 3, 3].</param>
    /// <param name="index">The block, from 0.</param>
    private static Tensor Used(Tensor stored, int index)
    {
        var isTurned = StyleGan1Architecture.Enlarges(index) && StyleGan1Architecture.ResolutionOf(index) >= SmallestTransposed;
        return (isTurned ? stored.flip(-2, -1) : stored).Multiply(Math.Sqrt(2.0 / (9 * stored.shape[^3])));
    }

    private Tensor Convolved(Tensor x, Tensor moves)
    {
        var kernels = Used(moves, _index).Add(_kernel); // [N, O, I, 3, 3]
        return cat(
            [
                .. Enumerable
                    .Range(0, (int)x.shape[0])
                    .Select(image =>
                        NetworkLayers.Convolve(x.narrow(0, image, 1), NetworkLayers.ChannelsLast(kernels.select(0, image)), _zeros)
                    ),
            ],
            0
        );
    }

    private Tensor Enlarged(Tensor x) => Enlarges ? NetworkLayers.Upsample(x) : x;

    /// <summary>The filter [1, 2, 1] along both sides: the mean of 2×2 pixels twice, and nothing beyond the edge.</summary>
    private Tensor Blurred(Tensor x) =>
        Enlarges ? nn.functional.avg_pool2d(nn.functional.avg_pool2d(x, 2, stride: 1, padding: 1), 2, stride: 1) : x;

    /// <param name="y">[N, O, h, w].</param>
    /// <param name="style">[N, 2 O]: scales and shifts.</param>
    private static Tensor Normalized(Tensor y, Tensor style)
    {
        var centered = y - y.mean(OverPixels, keepdim: true);
        var deviation = centered.Squared().mean(OverPixels, keepdim: true).AddInPlace(Epsilon).rsqrt();
        var (scales, shifts) = (style.narrow(1, 0, y.shape[1]), style.narrow(1, y.shape[1], y.shape[1]));
        return (centered * (Style.OverPixels(scales) * deviation)).AddInPlace(Style.OverPixels(shifts));
    }
}
