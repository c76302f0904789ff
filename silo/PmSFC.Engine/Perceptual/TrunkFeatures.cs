using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual.Trunks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>
/// Features at one depth of a classifier. As mGANprior's authors take VGG16's relu3_3, images are brought to 256×256 by the nearest pixel and to
/// ImageNet's scale first; as Bau et al. take its relu4_2, they go in as they are, of any size and from −1 to 1.
/// </summary>
public sealed class TrunkFeatures : IPerceptualNetwork
{
    internal const int Side = 256;

    private readonly TrunkFeaturesArchitecture _architecture;
    private readonly Trunk _trunk;
    private readonly TrunkFeatures? _deeper;

    private TrunkFeatures(TrunkFeaturesArchitecture architecture, Trunk trunk, TrunkFeatures? deeper) =>
        (_architecture, _trunk, _deeper) = (architecture, trunk, deeper);

    /// <inheritdoc/>
    public string Name => _architecture.Name;

    /// <summary>Puts the layers that are used on a device.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="state">Its tensors under torchvision's names.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public static TrunkFeatures Load(
        TrunkFeaturesArchitecture architecture,
        StateDict state,
        Device device,
        ScalarType dtype = ScalarType.Float32
    )
    {
        if (architecture.Deeper is not { } deeper)
            return new TrunkFeatures(architecture, new Trunk(architecture.Trunk, state, device, dtype, architecture.Taps), null);
        var trunk = new Trunk(deeper.Trunk, state, device, dtype, deeper.Taps);
        return new TrunkFeatures(
            architecture,
            trunk.Sharing(architecture.Trunk, architecture.Taps),
            new TrunkFeatures(deeper, trunk, null)
        );
    }

    /// <inheritdoc/>
    public IPerceptualNetwork? Find(string name) => name == Name ? this : _deeper?.Find(name);

    /// <inheritdoc/>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        if (_architecture.Input == TrunkInput.AsItIs)
            return _trunk.Features(images)[^1].MoveToOuterDisposeScope();
        var resized = images.shape[2] == Side && images.shape[3] == Side ? images : nn.functional.interpolate(images, [Side, Side]);
        return _trunk.Features(ImageNet.Normalize(resized))[^1].MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trunk.Dispose();
        _deeper?.Dispose();
    }
}
