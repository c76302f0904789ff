using PmSFC.Engine.Arithmetic;
using PmSFC.Engine.Subspaces;
using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>
/// A PGGAN generator on a device, weights frozen and scaled. It can be cut after any block into G1 (<see cref="Lower"/>) and G2
/// (<see cref="Upper"/>): the cut is after the leaky ReLU and before the next pixel norm, as in mGANprior's public code. A block is pixel norm,
/// nearest ×2 where a resolution begins, 3×3 convolution, bias, leaky ReLU 0.2; RGB is a pixel norm and a 1×1 convolution with bias, nominal range −1
/// to 1, not clamped.
/// </summary>
public sealed class Generator : IDisposable
{
    private readonly Tensor _dense; // [latent, C0, 4, 4]
    private readonly Tensor[] _weights;
    private readonly Tensor[] _biases;
    private readonly Tensor _outputWeight;
    private readonly Tensor _outputBias;

    private Generator(GeneratorWeights weights, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Architecture = weights.Architecture;
        Device = device;
        Dtype = dtype;

        // A 4×4 kernel that slides with padding 3 over one pixel is a matrix product with the kernel turned round, at 1/16 of the work.
        _dense = BlockOperations.ToTensor(weights.Layers[0], device, dtype).flip(2, 3).permute(1, 0, 2, 3).contiguous();
        _weights = [.. weights.Layers.Skip(1).Select(layer => BlockOperations.ToTensor(layer, device, dtype))];
        _biases = [.. weights.Layers.Select(layer => tensor(layer.Bias, dtype: dtype, device: device))];
        _biases[0] = _biases[0].numel() == _dense.shape[1] ? _biases[0].view(-1, 1, 1) : _biases[0].view(-1, 4, 4);
        _outputWeight = BlockOperations.ToTensor(weights.Output, device, dtype);
        _outputBias = tensor(weights.Output.Bias, dtype: dtype, device: device);
        foreach (var tensor in Tensors) tensor.DetachFromDisposeScope();
    }

    /// <summary>Its sizes.</summary>
    public GeneratorArchitecture Architecture { get; }

    /// <summary>Where its weights are, and where codes must be.</summary>
    public Device Device { get; }

    /// <summary>Type of weights, codes and images.</summary>
    public ScalarType Dtype { get; }

    private IEnumerable<Tensor> Tensors => [_dense, .. _weights, .. _biases, _outputWeight, _outputBias];

    /// <summary>Puts weights on a device.</summary>
    /// <param name="weights">Checked weights.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    public static Generator Load(GeneratorWeights weights, Device device, ScalarType dtype = ScalarType.Float32) => new(weights, device, dtype);

    /// <summary>G(z): images of codes.</summary>
    /// <param name="z">[N, latent].</param>
    /// <returns>[N, 3, H, W].</returns>
    public Tensor Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        return Output(Blocks(DenseNormalized(BlockOperations.PixelNorm(z)), 1, Architecture.Layers)).MoveToOuterDisposeScope();
    }

    /// <summary>G1(z): the maps at the cut.</summary>
    /// <param name="z">[N, latent].</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <returns>[N, C, h, w].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    public Tensor Lower(Tensor z, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return Blocks(DenseNormalized(BlockOperations.PixelNorm(z)), 1, split).MoveToOuterDisposeScope();
    }

    /// <summary>G2(f): images of maps at the cut.</summary>
    /// <param name="features">[N, C, h, w].</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <returns>[N, 3, H, W].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    public Tensor Upper(Tensor features, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return Output(Blocks(features, split, Architecture.Layers)).MoveToOuterDisposeScope();
    }

    /// <summary>G1 where each code serves one subspace only, so that the last block makes that subspace's channels alone.</summary>
    /// <param name="partition">The subspaces of the split layer's channels.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    /// <exception cref="ArgumentException">The partition is of another number of channels.</exception>
    public RestrictedLower Restrict(ChannelPartition partition, int split) => new(this, partition, split);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    /// <summary>The weights and bias of block <paramref name="index"/> for some output channels; owned by the caller's dispose scope.</summary>
    internal (Tensor Weight, Tensor Bias) Slice(int index, Tensor channels) => index == 0
        ? (_dense.index_select(1, channels), _biases[0].index_select(0, channels))
        : (BlockOperations.ChannelsLast(_weights[index - 1].index_select(0, channels)), _biases[index].index_select(0, channels));

    /// <summary>Block 0 of codes [N, latent] that are normalized already.</summary>
    internal Tensor DenseNormalized(Tensor z) => DenseLayer(z, _dense, _biases[0]);

    /// <summary>Blocks <paramref name="first"/> to <paramref name="end"/> − 1.</summary>
    internal Tensor Blocks(Tensor x, int first, int end)
    {
        for (var i = first; i < end; i++)
            x = BlockOperations.Activate(BlockOperations.Convolve(Prepare(x, i), _weights[i - 1], _biases[i]));
        return x;
    }

    /// <summary>What the convolution of block <paramref name="index"/> sees.</summary>
    internal static Tensor Prepare(Tensor x, int index)
    {
        using var scope = NewDisposeScope();
        var normalized = BlockOperations.PixelNorm(x);
        return (index % 2 == 0 ? BlockOperations.Upsample(normalized) : normalized).MoveToOuterDisposeScope();
    }

    /// <param name="z">[N, latent], normalized.</param>
    /// <param name="weight">[latent, C, 4, 4].</param>
    /// <param name="bias">[C, 1, 1] or [C, 4, 4].</param>
    internal static Tensor DenseLayer(Tensor z, Tensor weight, Tensor bias)
    {
        var maps = z.mm(weight.flatten(1)).view(-1, weight.shape[1], 4, 4);
        return BlockOperations.Activate(maps.Gain(bias));
    }

    /// <summary>RGB of what the last block gives.</summary>
    internal Tensor Output(Tensor x) => BlockOperations.Convolve(BlockOperations.PixelNorm(x), _outputWeight, _outputBias);
}
