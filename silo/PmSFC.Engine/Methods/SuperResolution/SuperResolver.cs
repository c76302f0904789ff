using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>A network for super-resolution on a device, weights frozen.</summary>
internal sealed class SuperResolver : IDisposable
{
    private readonly SuperResolutionArchitecture _architecture;
    private readonly string _kind;
    private readonly NetworkTensors _tensors;

    private SuperResolver(SuperResolutionArchitecture architecture, TrainedNetwork network, Device device, ScalarType dtype)
    {
        _architecture = architecture;
        _kind = network.Kind;
        _tensors = new NetworkTensors(
            SafetensorsFile.Read(network.Weights, $"The network of the kind '{network.Kind}'"),
            architecture.Tensors(),
            device,
            dtype
        );
    }

    /// <summary>Puts a network on a device.</summary>
    /// <exception cref="CheckpointException">The weights are damaged or of other sizes.</exception>
    public static SuperResolver Load(SuperResolutionArchitecture architecture, TrainedNetwork network, Device device, ScalarType dtype) =>
        new(architecture, network, device, dtype);

    /// <summary>Larger images. Where the network's own factor is smaller, it sees what it has made again, as often as its power needs.</summary>
    /// <param name="images">[N, 3, h, w], range −1 to 1.</param>
    /// <param name="factor">How many times wider and higher they become, a power of the network's own.</param>
    /// <returns>[N, 3, factor · h, factor · w], not clamped; owned by the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The factor is no power of the network's.</exception>
    public Tensor Enlarge(Tensor images, int factor)
    {
        if (SuperResolutionSettings.Passes(_architecture.Factor, factor) is not { } passes)
            throw new CheckpointException(
                $"The network of the kind '{_kind}' {SuperResolutionSettings.NoPower(_architecture.Factor, factor)}."
            );
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var x = images.alias();
        for (var pass = 0; pass < passes; pass++)
            x = _architecture.Enlarge(x, name => _tensors[name]);
        return x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();
}
