using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// Features of a PGGAN discriminator: its RGB layer and up to three blocks of two 3×3 convolutions and 2× average pooling, leaky ReLU 0.2 after each
/// convolution. For the bundled 64-pixel network that is 128 maps of 8×8. Weights are stored without their scale √(2 / fan-in).
/// </summary>
public sealed class DiscriminatorFeatures : IPerceptualNetwork
{
    private readonly (Tensor Weight, Tensor Bias) _fromRgb;
    private readonly (Tensor Weight, Tensor Bias)[] _convolutions;

    private DiscriminatorFeatures(StateDict file, Device device, ScalarType dtype)
    {
        Architecture = DiscriminatorArchitecture.Read(file);
        var (resolution, channels) = (Architecture.Resolution, Architecture.Channels);
        _fromRgb = Layer(file, $"fromrgb.{resolution}", [channels[0], 3, 1, 1], device, dtype);
        _convolutions = new (Tensor, Tensor)[2 * Architecture.Blocks];
        for (var block = 0; block < Architecture.Blocks; block++)
        {
            long input = channels[block],
                output = channels[block + 1];
            _convolutions[2 * block] = Layer(file, $"conv0.{resolution >> block}", [input, input, 3, 3], device, dtype);
            _convolutions[2 * block + 1] = Layer(file, $"conv1.{resolution >> block}", [output, input, 3, 3], device, dtype);
        }
    }

    /// <summary>Its sizes.</summary>
    public DiscriminatorArchitecture Architecture { get; }

    /// <inheritdoc/>
    public string Name => PerceptualSetting.Discriminator;

    /// <summary>Puts the layers that are used on a device.</summary>
    /// <param name="tensors">A discriminator's tensors.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has a wrong shape, or holds a weight that is not finite.</exception>
    public static DiscriminatorFeatures Load(StateDict tensors, Device device, ScalarType dtype = ScalarType.Float32) =>
        new(tensors, device, dtype);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The images have another size than the network's.</exception>
    public Tensor Features(Tensor images)
    {
        if (images.shape[2] != Architecture.Resolution || images.shape[3] != Architecture.Resolution)
        {
            throw new ArgumentException(
                $"The discriminator takes images of {Architecture.Resolution}×{Architecture.Resolution} pixels, not {images.shape[3]}×{images.shape[2]}.",
                nameof(images)
            );
        }

        using var scope = NewDisposeScope();
        var x = NetworkLayers.Activate(NetworkLayers.Convolve(images, _fromRgb.Weight, _fromRgb.Bias));
        for (var i = 0; i < _convolutions.Length; i++)
        {
            x = NetworkLayers.Activate(NetworkLayers.Convolve(x, _convolutions[i].Weight, _convolutions[i].Bias));
            if (i % 2 == 1)
                x = nn.functional.avg_pool2d(x, 2);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (weight, bias) in _convolutions.Append(_fromRgb))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    private static (Tensor Weight, Tensor Bias) Layer(StateDict file, string name, long[] shape, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var scale = Math.Sqrt(2.0 / (shape[1] * shape[2] * shape[3]));
        var layer = new LayerWeights(file.ReadFloats($"{name}.weight", shape), shape, scale, file.ReadFloats($"{name}.bias", shape[0]));
        var weight = NetworkLayers.ToTensor(layer, device, dtype);
        return (weight.MoveToOuterDisposeScope(), tensor(layer.Bias, dtype: dtype, device: device).MoveToOuterDisposeScope());
    }
}
