using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual.Trunks;

/// <summary>A classifier's convolutional part with its weights on a device.</summary>
public sealed class Trunk : IDisposable
{
    private readonly IReadOnlyList<TrunkLayer> _layers;
    private readonly Dictionary<string, (Tensor Weight, Tensor Bias)> _weights;
    private readonly bool _ownsWeights;

    private Trunk(IReadOnlyList<TrunkLayer> layers, Dictionary<string, (Tensor Weight, Tensor Bias)> weights) =>
        (_layers, _weights) = (layers, weights);

    /// <summary>Puts weights on a device.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="state">Its tensors.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <param name="taps">How many taps are needed; what comes after them is neither loaded nor computed.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public Trunk(
        TrunkArchitecture architecture,
        StateDict state,
        Device device,
        ScalarType dtype = ScalarType.Float32,
        int taps = int.MaxValue
    )
    {
        _layers = architecture.LayersTo(taps);
        _weights = new Dictionary<string, (Tensor Weight, Tensor Bias)>(StringComparer.Ordinal);
        _ownsWeights = true;
        try
        {
            foreach (var layer in _layers.SelectMany(layer => layer.Convolutions))
                _weights[layer.Name] = Load(layer, state, device, dtype);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The features at each tap; differentiable in the images.</summary>
    /// <param name="images">[N, 3, H, W] as the classifier takes them, H and W at least <see cref="TrunkArchitecture.SmallestSide"/>.</param>
    /// <returns>[N, C, h, w] for each tap. They belong to the caller's dispose scope.</returns>
    public IReadOnlyList<Tensor> Features(Tensor images)
    {
        var features = new List<Tensor>();
        var x = images;
        foreach (var layer in _layers)
        {
            switch (layer)
            {
                case Convolution convolution:
                    x = Apply(convolution, x);
                    break;
                case Fire fire:
                    x = Apply(fire.Squeeze, x);
                    x = cat([Apply(fire.Narrow, x), Apply(fire.Wide, x)], 1);
                    break;
                case Pooling pooling:
                    x = nn.functional.max_pool2d(x, pooling.Size, stride: 2, ceil_mode: pooling.Rounding == PoolingEdge.Over);
                    break;
                default:
                    features.Add(x);
                    break;
            }
        }

        return features;
    }

    /// <summary>A network that begins with the same layers, on this one's weights, with which it is disposed.</summary>
    /// <param name="architecture">Has no layer that this one lacks, up to its last tap that is needed.</param>
    /// <param name="taps">How many taps are needed.</param>
    internal Trunk Sharing(TrunkArchitecture architecture, int taps) => new(architecture.LayersTo(taps), _weights);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ownsWeights)
            return;
        foreach (var (weight, bias) in _weights.Values)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    private Tensor Apply(Convolution layer, Tensor x)
    {
        var (weight, bias) = _weights[layer.Name];
        return NetworkLayers.Convolve(x, weight, bias, [layer.Stride, layer.Stride], [layer.Padding, layer.Padding]).relu_();
    }

    private static (Tensor Weight, Tensor Bias) Load(Convolution layer, StateDict state, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        long[] shape = [layer.Outputs, layer.Inputs, layer.Size, layer.Size];
        var weight = NetworkLayers.ChannelsLast(
            tensor(state.ReadFloats($"{layer.Name}.weight", shape), dtype: dtype).reshape(shape).to(device)
        );
        var bias = tensor(state.ReadFloats($"{layer.Name}.bias", layer.Outputs), dtype: dtype, device: device);
        return (weight.MoveToOuterDisposeScope(), bias.MoveToOuterDisposeScope());
    }
}
