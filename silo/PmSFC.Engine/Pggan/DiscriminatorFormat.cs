using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>The discriminator that was trained with a PGGAN.</summary>
public sealed class DiscriminatorFormat : IPerceptualFormat
{
    /// <inheritdoc/>
    public string Description => "a discriminator ('fromrgb.{resolution}.weight')";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks => DiscriminatorArchitecture.Marks;

    /// <inheritdoc/>
    public IPerceptualArchitecture Describe(StateDict tensors) => DiscriminatorArchitecture.Read(tensors);

    /// <inheritdoc/>
    public IPerceptualNetwork Load(StateDict tensors, Device device, ScalarType dtype) =>
        DiscriminatorFeatures.Load(tensors, device, dtype);
}
