using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Encoders;

/// <summary>A trained encoder on a device, weights frozen.</summary>
public sealed class Encoder : IDisposable
{
    private readonly IGenerator _generator;
    private readonly EncoderArchitecture _architecture;
    private readonly NetworkTensors _tensors;

    private Encoder(EncoderArchitecture architecture, SafetensorsFile file, IGenerator generator)
    {
        _generator = generator;
        _architecture = architecture;
        _tensors = new NetworkTensors(file, architecture.Tensors(), generator.Device, generator.Dtype);
    }

    /// <summary>Puts an encoder on the device of its generator.</summary>
    /// <param name="network">A network of the kind <c>encoder</c>.</param>
    /// <param name="generator">The generator that it was trained for; must outlive it.</param>
    /// <exception cref="CheckpointException">The weights are damaged or do not fit the generator.</exception>
    public static Encoder Load(TrainedNetwork network, IGenerator generator) =>
        new(
            EncoderTraining.BindArchitecture(ResolvedSettings.FromCanonical(network.Settings), generator.Architecture),
            SafetensorsFile.Read(network.Weights, "The encoder"),
            generator
        );

    /// <summary>The codes of images.</summary>
    /// <param name="images">[N, 3, H, W], nominal range −1 to 1, of the generator's resolution.</param>
    /// <returns>[N, latent], normalized; owned by the caller's dispose scope.</returns>
    public Tensor Encode(Tensor images)
    {
        using var off = no_grad();
        return _architecture.Encode(images, name => _tensors[name], _generator.NormalizeLatents);
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();
}
