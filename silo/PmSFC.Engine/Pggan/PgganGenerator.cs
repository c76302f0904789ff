using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// A PGGAN generator on a device, weights frozen and scaled. A cut is after the leaky ReLU and before the next pixel norm, as in mGANprior's public code,
/// and its context is empty. A block is pixel norm, nearest ×2 where a resolution begins, 3×3 convolution, bias, leaky ReLU 0.2; RGB is a pixel norm and a
/// 1×1 convolution with bias.
/// </summary>
internal sealed class PgganGenerator : IGenerator
{
    private readonly Tensor _dense; // [latent, C0, 4, 4]
    private readonly Tensor[] _weights;
    private readonly Tensor[] _biases;
    private readonly Tensor _outputWeight;
    private readonly Tensor _outputBias;

    public PgganGenerator(PgganWeights weights, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Architecture = weights.Architecture;
        Device = device;
        Dtype = dtype;

        // A 4×4 kernel that slides with padding 3 over one pixel is a matrix product with the kernel turned round, at 1/16 of the work.
        _dense = NetworkLayers.ToTensor(weights.Layers[0], device, dtype).flip(2, 3).permute(1, 0, 2, 3).contiguous();
        _weights = [.. weights.Layers.Skip(1).Select(layer => NetworkLayers.ToTensor(layer, device, dtype))];
        _biases = [.. weights.Layers.Select(layer => tensor(layer.Bias, dtype: dtype, device: device))];
        _biases[0] = _biases[0].numel() == _dense.shape[1] ? _biases[0].view(-1, 1, 1) : _biases[0].view(-1, 4, 4);
        _outputWeight = NetworkLayers.ToTensor(weights.Output, device, dtype);
        _outputBias = tensor(weights.Output.Bias, dtype: dtype, device: device);
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture { get; }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ScalarType Dtype { get; }

    private IEnumerable<Tensor> Tensors => [_dense, .. _weights, .. _biases, _outputWeight, _outputBias];

    /// <inheritdoc/>
    public Tensor NormalizeLatents(Tensor z) => NetworkLayers.PixelNorm(z);

    /// <inheritdoc/>
    public SplitFeatures Lower(Tensor z, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return new SplitFeatures(Blocks(DenseNormalized(NormalizeLatents(z)), 1, split)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public SplitFeatures Advance(SplitFeatures features, int from, int to) => new(Blocks(features.Maps, from, to));

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features) =>
        NetworkLayers.Convolve(NetworkLayers.PixelNorm(features.Maps), _outputWeight, _outputBias);

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new PgganRestrictedLower(this, partition, split);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    /// <summary>The weights and bias of block <paramref name="index"/> for some output channels; owned by the caller's dispose scope.</summary>
    public (Tensor Weight, Tensor Bias) Slice(int index, Tensor channels) =>
        index == 0
            ? (_dense.index_select(1, channels), _biases[0].index_select(0, channels))
            : (NetworkLayers.ChannelsLast(_weights[index - 1].index_select(0, channels)), _biases[index].index_select(0, channels));

    /// <summary>Block 0 of codes [N, latent] that are normalized already.</summary>
    public Tensor DenseNormalized(Tensor z) => DenseLayer(z, _dense, _biases[0]);

    /// <summary>Blocks <paramref name="first"/> to <paramref name="end"/> − 1.</summary>
    public Tensor Blocks(Tensor x, int first, int end)
    {
        for (var i = first; i < end; i++)
            x = NetworkLayers.Activate(NetworkLayers.Convolve(Prepare(x, i), _weights[i - 1], _biases[i]));
        return x;
    }

    /// <summary>What the convolution of block <paramref name="index"/> sees.</summary>
    public static Tensor Prepare(Tensor x, int index)
    {
        using var scope = NewDisposeScope();
        var normalized = NetworkLayers.PixelNorm(x);
        return (PgganArchitecture.Enlarges(index) ? NetworkLayers.Upsample(normalized) : normalized).MoveToOuterDisposeScope();
    }

    /// <param name="z">[N, latent], normalized.</param>
    /// <param name="weight">[latent, C, 4, 4].</param>
    /// <param name="bias">[C, 1, 1] or [C, 4, 4].</param>
    public static Tensor DenseLayer(Tensor z, Tensor weight, Tensor bias)
    {
        var maps = z.mm(weight.flatten(1)).view(-1, weight.shape[1], 4, 4);
        return NetworkLayers.Activate(maps.AddInPlace(bias));
    }
}
