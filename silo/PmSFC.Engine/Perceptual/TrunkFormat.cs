using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual.Trunks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>torchvision's SqueezeNet 1.1 and VGG16.</summary>
public sealed class TrunkFormat : IPerceptualFormat
{
    private const string SqueezeNetMark = "features.3.squeeze.weight",
        Vgg16Mark = "features.14.weight";

    /// <inheritdoc/>
    public string Description => "torchvision's VGG16 or SqueezeNet 1.1 ('features.0.weight')";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = [SqueezeNetMark, Vgg16Mark];

    /// <inheritdoc/>
    public IPerceptualArchitecture Describe(StateDict tensors) => ArchitectureOf(tensors);

    /// <inheritdoc/>
    public IPerceptualNetwork Load(StateDict tensors, Device device, ScalarType dtype) =>
        TrunkFeatures.Load(ArchitectureOf(tensors), tensors, device, dtype);

    /// <inheritdoc/>
    public void Check(StateDict tensors) => Classifier.Check(tensors, ArchitectureOf(tensors).Name);

    private static TrunkFeaturesArchitecture ArchitectureOf(StateDict tensors) =>
        tensors.Contains(SqueezeNetMark) ? TrunkFeaturesArchitecture.SqueezeNet
        : tensors.Contains("features.17.weight") && tensors.Contains("features.19.weight") ? TrunkFeaturesArchitecture.Vgg16AndRelu42
        : TrunkFeaturesArchitecture.Vgg16;
}
