using TorchSharp;

namespace PmSFC.Engine.Inversion;

/// <summary>What a method makes of a batch of images. Not safe for use by several threads at once.</summary>
public abstract class Reconstruction : IDisposable
{
    /// <summary>B.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Each image's loss. NaN or infinite where its numbers are. Waits for the device.</summary>
    /// <returns>B numbers.</returns>
    public abstract float[] Losses();

    /// <summary>The images.</summary>
    /// <returns>[B, 3, H, W], not clamped, detached; owned by the caller's dispose scope.</returns>
    public abstract torch.Tensor Reconstruct();

    /// <summary>What an image was made from, such as its codes <c>z</c> and composition weights <c>w</c>: a safetensors file.</summary>
    /// <param name="image">Its place in the batch.</param>
    public abstract byte[] Codes(int image);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees its tensors.</summary>
    protected abstract void Dispose(bool disposing);
}
