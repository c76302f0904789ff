using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;
using Generator = PmSFC.Engine.Generators.Generator;

namespace PmSFC.Engine.Training;

/// <summary>A trained encoder on a device, weights frozen.</summary>
public sealed class Encoder : IDisposable
{
    private readonly EncoderArchitecture _architecture;
    private readonly NetworkTensors _tensors;

    private Encoder(EncoderArchitecture architecture, SafetensorsFile file, Device device, ScalarType dtype)
    {
        _architecture = architecture;
        _tensors = new NetworkTensors(file, architecture.Tensors(), device, dtype);
    }

    /// <summary>Puts an encoder beside its generator.</summary>
    /// <param name="network">A network of the kind <c>encoder</c>.</param>
    /// <param name="generator">The generator that it was trained for.</param>
    /// <exception cref="CheckpointException">The weights are damaged or do not fit the generator.</exception>
    public static Encoder Load(TrainedNetwork network, Generator generator) => new(
        EncoderTraining.Architecture(ResolvedSettings.FromCanonical(network.Settings), generator.Architecture),
        SafetensorsFile.Read(network.Weights, "The encoder"),
        generator.Device,
        generator.Dtype);

    /// <summary>The codes of images.</summary>
    /// <param name="images">[N, 3, H, W], nominal range −1 to 1, of the generator's resolution.</param>
    /// <returns>[N, latent], each of mean square 1; owned by the caller's dispose scope.</returns>
    public Tensor Encode(Tensor images)
    {
        using var off = no_grad();
        return _architecture.Encode(images, name => _tensors[name]);
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();
}
