using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>What an image has lost: P of Eq. 9. Inversion compares the degraded reconstruction with the target.</summary>
public interface IInversionTask
{
    /// <summary>The name that settings and results give to it.</summary>
    string Name { get; }

    /// <summary>P(x̂), differentiable in the images.</summary>
    /// <param name="images">[N, 3, H, W], nominal range −1 to 1.</param>
    /// <returns>Images of the target's shape; the caller's dispose scope owns them.</returns>
    Tensor Degrade(Tensor images);
}
