using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Perceptual.Trunks;
using PmSFC.Engine.Safetensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>
/// Features of a classifier's third depth, as mGANprior's authors take VGG16's relu3_3: images are brought to 256×256 by the nearest pixel and to
/// ImageNet's scale first.
/// </summary>
public sealed class TrunkFeatures : IPerceptualNetwork
{
    internal const int Side = 256;

    private readonly Trunk _trunk;

    private TrunkFeatures(TrunkFeaturesArchitecture architecture, Trunk trunk) => (Name, _trunk) = (architecture.Name, trunk);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Puts the layers that are used on a device.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="state">Its tensors under torchvision's names.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public static TrunkFeatures Load(TrunkFeaturesArchitecture architecture, StateDict state, Device device, ScalarType dtype = ScalarType.Float32) =>
        new(architecture, new Trunk(architecture.Trunk, state, device, dtype, architecture.NeededTaps));

    /// <inheritdoc/>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        var resized = images.shape[2] == Side && images.shape[3] == Side ? images : nn.functional.interpolate(images, [Side, Side]);
        return _trunk.Features(ImageNet.Normalize(resized))[^1].MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _trunk.Dispose();
}
