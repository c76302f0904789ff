using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Safetensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>Reads whatever network a file holds that can serve as V.</summary>
public static class PerceptualNetworks
{
    /// <summary>A network's sizes.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged or holds none.</exception>
    public static IPerceptualArchitecture Read(ReadOnlyMemory<byte> content, string name)
    {
        var state = StateDict.Read(content, name);
        if (TrunkOf(state) is { } trunk) return trunk;
        return state.Names.Any(tensor => tensor.StartsWith("fromrgb.", StringComparison.Ordinal))
            ? DiscriminatorArchitecture.Read(SafetensorsHeader.Read(content, content.Length, name))
            : throw SafetensorsHeader.Damaged(
                name, "holds neither a discriminator ('fromrgb.{resolution}.weight') nor torchvision's VGG16 or SqueezeNet 1.1 ('features.0.weight')");
    }

    /// <summary>A network on a device.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">The file is damaged, holds none, or lacks a tensor of it.</exception>
    public static IPerceptualNetwork Load(ReadOnlyMemory<byte> content, string name, Device device, ScalarType dtype = ScalarType.Float32)
    {
        var state = StateDict.Read(content, name);
        return TrunkOf(state) is { } trunk ? TrunkFeatures.Load(trunk, state, device, dtype) : DiscriminatorFeatures.Load(content, name, device, dtype);
    }

    private static TrunkFeaturesArchitecture? TrunkOf(StateDict state) =>
        state.Contains("features.3.squeeze.weight") ? TrunkFeaturesArchitecture.SqueezeNet
        : state.Contains("features.14.weight") ? TrunkFeaturesArchitecture.Vgg16
        : null;
}
