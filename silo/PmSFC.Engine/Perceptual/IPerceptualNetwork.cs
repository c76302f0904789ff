using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>V of Eq. 8: a fixed network whose features say whether two images look alike.</summary>
public interface IPerceptualNetwork : IDisposable
{
    /// <summary>The name that settings and results give to it.</summary>
    string Name { get; }

    /// <summary>
    /// The network that a setting's word means, of those that came with the same file of weights; null where none has that name. It is disposed with this
    /// one.
    /// </summary>
    IPerceptualNetwork? Find(string name) => name == Name ? this : null;

    /// <summary>Features of images; differentiable in the images.</summary>
    /// <param name="images">[N, 3, H, W], nominal range −1 to 1.</param>
    /// <returns>[N, …].</returns>
    Tensor Features(Tensor images);
}
