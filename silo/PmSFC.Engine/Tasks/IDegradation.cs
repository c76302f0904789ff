using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>What an image has lost: P of Eq. 9. Inversion compares P of the reconstruction with P of the target.</summary>
public interface IDegradation : IDisposable
{
    /// <summary>P of images, differentiable in them.</summary>
    /// <param name="images">[N, 3, H, W], nominal range −1 to 1.</param>
    /// <returns>[N, 3, h, w]; may be the images themselves, otherwise owned by the caller's dispose scope.</returns>
    Tensor Degrade(Tensor images);

    /// <summary>The result of the task: the reconstruction, with what of the target is known put back where the task is scored so.</summary>
    /// <param name="targets">[N, 3, H, W], whole.</param>
    /// <param name="reconstructions">[N, 3, H, W], range −1 to 1.</param>
    /// <returns>[N, 3, H, W], not clamped; may be the reconstructions themselves, otherwise owned by the caller's dispose scope.</returns>
    Tensor Complete(Tensor targets, Tensor reconstructions) => reconstructions;
}
