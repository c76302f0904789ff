using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>Inversion proper: nothing is lost, P is the identity.</summary>
public sealed class ReconstructionTask : IInversionTask
{
    /// <inheritdoc/>
    public string Name => "inversion";

    /// <inheritdoc/>
    public Tensor Degrade(Tensor images) => images;
}
