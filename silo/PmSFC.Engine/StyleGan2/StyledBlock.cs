using PmSFC.Engine.Styles;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A block on a device: y = d ⊙ conv(s ⊙ x, W) with the scales s = A w + b of a style and d_o = 1/√(Σ_i s_i² Σ_k W_oik² + 1e-8), so that one kernel
/// serves the whole batch (Karras et al. 2020, Eq. 1 and 3); then noise, bias, leaky ReLU 0.2 and a gain of √2, which is in the numbers already since the
/// activation is homogeneous. Weights are frozen.
/// </summary>
internal sealed class StyledBlock : IStyledBlock
{
    private static readonly Scalar Slope = 0.2,
        Epsilon = 1e-8,
        Gain = Math.Sqrt(2);

    private readonly Tensor _modulation; // [S, I]
    private readonly Tensor _modulationBias; // [I]
    private readonly Tensor _kernel; // [O, I, 3, 3], or [4 O, I, 3, 3] where the block enlarges
    private readonly Tensor _power; // [I, O]: the kernel's squares, summed over its pixels
    private readonly Tensor _zeros; // as many as the kernel gives
    private readonly Tensor _bias; // [O, 1, 1]
    private readonly Tensor? _noise; // [h, w], as it is stored
    private readonly Tensor? _noiseStrength; // [1]: what noise is multiplied by
    private readonly Tensor? _constant; // [1, I, 4, 4], of the first block
    private readonly Enlargement? _enlargement;
    private readonly Limit? _limit;

    private StyledBlock(
        Tensor modulation,
        Tensor modulationBias,
        Tensor kernel,
        Tensor power,
        Tensor bias,
        Tensor? noise,
        Tensor? noiseStrength,
        Tensor? constant,
        Enlargement? enlargement,
        Limit? limit
    )
    {
        (_modulation, _modulationBias, _kernel, _power, _bias, _noise) = (modulation, modulationBias, kernel, power, bias, noise);
        (_noiseStrength, _constant, _enlargement, _limit) = (noiseStrength, constant, enlargement, limit);
        _zeros = zeros(kernel.shape[0], dtype: kernel.dtype, device: kernel.device);
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
    }

    /// <summary>Whether it gives maps of twice the size.</summary>
    public bool Enlarges => _enlargement is not null;

    private IEnumerable<Tensor> Tensors =>
        new[] { _modulation, _modulationBias, _kernel, _power, _zeros, _bias, _noise, _noiseStrength, _constant }.OfType<Tensor>();

    /// <summary>Puts a block on a device.</summary>
    /// <param name="weights">The generator's.</param>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="index">The block, from 0.</param>
    /// <param name="device">Where to.</param>
    /// <param name="dtype">Single or double precision.</param>
    public static StyledBlock Load(StyleGan2Weights weights, StyleGan2Architecture architecture, int index, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        long inputs = architecture.InputsOf(index),
            outputs = architecture.Channels[index],
            side = architecture.ResolutionAt(index + 1);
        var strength = weights.HasNoiseStrengths ? Read(Part.NoiseStrength, 1).mul(Gain) : null;
        var enlargement = StyleGan2Architecture.Enlarges(index) ? new Enlargement(device, dtype) : null;
        var weight = Read(Part.Kernel, outputs, inputs, 3, 3).Multiply(1 / Math.Sqrt(9 * inputs));
        return new StyledBlock(
            Style.Matrix(Read(Part.Modulation, inputs, architecture.StyleSize)),
            Read(Part.ModulationBias, inputs),
            NetworkLayers.ChannelsLast(enlargement?.Kernel(weight) ?? weight),
            weight.Squared().sum([2L, 3L]).t().contiguous(),
            Read(Part.Bias, outputs, 1, 1).mul(Gain),
            weights.HasNoise ? Read(Part.Noise, side, side) : null,
            strength,
            index == 0 ? Read(Part.Constant, 1, inputs, 4, 4) : null,
            enlargement,
            Limit.Of(architecture)
        );

        Tensor Read(Part part, params ReadOnlySpan<long> shape) => weights.Tensor(part, index, device, dtype, shape);
    }

    /// <inheritdoc/>
    public IStyledBlock Restrict(IEnumerable<int> channels)
    {
        using var scope = NewDisposeScope();
        long[] chosen = [.. channels.Select(channel => (long)channel)];
        var outputs = tensor(chosen, device: _kernel.device);
        var rows = Enlarges
            ? tensor(chosen.SelectMany(channel => Enumerable.Range(0, 4).Select(i => 4 * channel + i)).ToArray(), device: _kernel.device)
            : outputs;
        return new StyledBlock(
            _modulation.alias(),
            _modulationBias.alias(),
            NetworkLayers.ChannelsLast(_kernel.index_select(0, rows)),
            _power.index_select(1, outputs),
            _bias.index_select(0, outputs),
            _noise?.alias(),
            _noiseStrength?.alias(),
            _constant?.alias(),
            Enlarges ? new Enlargement(_kernel.device, _kernel.dtype) : null,
            _limit
        );
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor? x, Tensor style, Tensor? noise = null)
    {
        using var scope = NewDisposeScope();
        var scales = style.mm(_modulation).AddInPlace(_modulationBias);
        var demodulation = scales.Squared().mm(_power).AddInPlace(Epsilon).rsqrt().mul(Gain);
        x ??= _constant!.expand(style.shape[0], -1, -1, -1);
        var y = NetworkLayers.Convolve(x * Style.OverPixels(scales), _kernel, _zeros);
        if (Enlarges)
            y = nn.functional.pixel_shuffle(y, 2);
        y = (y * Style.OverPixels(demodulation)).AddInPlace(_bias);
        if ((noise ?? _noise) is { } added)
            y.AddInPlace(added * _noiseStrength!);
        y = y.leaky_relu_(Slope);
        return Limit.Apply(_limit, y).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>One image after the other: each has its own kernel.</remarks>
    public Tensor Forward(Tensor? x, Tensor style, Func<Part, Tensor> moves)
    {
        using var scope = NewDisposeScope();
        var weight = _enlargement?.Weight(_kernel) ?? _kernel;
        var kernels = moves(Part.Kernel).Multiply(1 / Math.Sqrt(9 * weight.shape[1])).Add(weight); // [N, O, I, 3, 3]
        var scales = Style.Moved(style, _modulation, _modulationBias, moves(Part.Modulation), moves(Part.ModulationBias));
        var power = kernels.Squared().sum([3L, 4L]); // [N, O, I]
        var demodulation = power.bmm(scales.Squared().unsqueeze(-1)).squeeze(-1).AddInPlace(Epsilon).rsqrt().mul(Gain);
        x = (x ?? moves(Part.Constant).Add(_constant!)) * Style.OverPixels(scales);
        var y = cat([.. Enumerable.Range(0, (int)x.shape[0]).Select(Convolved)], 0);
        if (Enlarges)
            y = nn.functional.pixel_shuffle(y, 2);
        y = (y * Style.OverPixels(demodulation)).AddInPlace(Style.OverPixels(moves(Part.Bias).mul(Gain)).Add(_bias));
        if (_noise is not null)
            y.AddInPlace(_noise * moves(Part.NoiseStrength).mul(Gain).Add(_noiseStrength!).view(-1, 1, 1, 1));
        y = y.leaky_relu_(Slope);
        return Limit.Apply(_limit, y).MoveToOuterDisposeScope();

        Tensor Convolved(int image)
        {
            var own = kernels.select(0, image);
            return NetworkLayers.Convolve(x.narrow(0, image, 1), NetworkLayers.ChannelsLast(_enlargement?.Kernel(own) ?? own), _zeros);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
        _enlargement?.Dispose();
    }
}
