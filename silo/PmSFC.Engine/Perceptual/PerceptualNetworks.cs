using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual.Trunks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>Reads whatever network a file holds that can serve as V.</summary>
public static class PerceptualNetworks
{
    private const string SqueezeNetMark = "features.3.squeeze.weight", Vgg16Mark = "features.14.weight";

    /// <summary>A network's sizes.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged or holds none.</exception>
    public static IPerceptualArchitecture Read(ReadOnlyMemory<byte> content, string name) => ArchitectureOf(Find(content, name));

    /// <summary>A network on a device.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">The file is damaged, holds none, or lacks a tensor of it.</exception>
    public static IPerceptualNetwork Load(ReadOnlyMemory<byte> content, string name, Device device, ScalarType dtype = ScalarType.Float32)
    {
        var network = Find(content, name);
        return ArchitectureOf(network) is TrunkFeaturesArchitecture trunk
            ? TrunkFeatures.Load(trunk, network.Tensors, device, dtype)
            : DiscriminatorFeatures.Load(network.Tensors, device, dtype);
    }

    /// <summary>Checks a user's file, and reads every weight that will be used.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>The network's sizes, and what a user should know of what was read: a sentence, or null.</returns>
    /// <exception cref="CheckpointException">The file is damaged, holds none or another classifier, or lacks a tensor of it.</exception>
    public static (IPerceptualArchitecture Architecture, string? Note) Check(ReadOnlyMemory<byte> content, string name)
    {
        var network = Find(content, name);
        var architecture = ArchitectureOf(network);
        if (architecture is TrunkFeaturesArchitecture) Classifier.Check(network.Tensors, architecture.Name);
        Load(content, name, CPU).Dispose();
        return (architecture, network.Note);
    }

    private static FoundNetwork Find(ReadOnlyMemory<byte> content, string name)
    {
        var checkpoint = StateDict.Read(content, name);
        if (NetworkSearch.Find(checkpoint, [SqueezeNetMark, Vgg16Mark, .. DiscriminatorArchitecture.Marks]) is { } network) return network;
        throw SafetensorsHeader.Damaged(
            name,
            checkpoint.DescribeModule()
                ?? $"holds neither a discriminator ('fromrgb.{{resolution}}.weight') nor torchvision's VGG16 or SqueezeNet 1.1 ('features.0.weight')"
                    + (Classifier.NameOf(checkpoint) is { } other ? $", but {other}" : ""));
    }

    private static IPerceptualArchitecture ArchitectureOf(FoundNetwork network) => network.Mark switch
    {
        0 => TrunkFeaturesArchitecture.SqueezeNet,
        1 when network.Tensors.Contains("features.17.weight") && network.Tensors.Contains("features.19.weight") => TrunkFeaturesArchitecture.Vgg16AndRelu42,
        1 => TrunkFeaturesArchitecture.Vgg16,
        _ => DiscriminatorArchitecture.Read(network.Tensors),
    };
}
