using System.Globalization;
using PmSFC.Engine.Checkpoints;

namespace PmSFC.Engine.Inversion;

/// <summary>A search in progress for the codes of a batch of images. Not safe for use by several threads at once.</summary>
public abstract class InversionRun : Reconstruction
{
    /// <summary>The metadata entry of a checkpoint that holds the iteration.</summary>
    protected internal const string IterationEntry = "iteration";

    /// <summary>Iterations done.</summary>
    public abstract int Iteration { get; }

    /// <summary>Iterations to do.</summary>
    public abstract int Iterations { get; }

    /// <summary>Whether every iteration is done.</summary>
    public bool IsFinished => Iteration >= Iterations;

    /// <summary>Does one iteration, without waiting for the device.</summary>
    /// <exception cref="InvalidOperationException">The run is finished.</exception>
    public abstract void Step();

    /// <summary>
    /// Each image's loss in the latest iteration, before that iteration's update; of the present codes where no iteration was done since start or
    /// <see cref="Restore"/>. NaN or infinite where the search has diverged. Waits for the device.
    /// </summary>
    /// <returns>B numbers.</returns>
    public abstract override float[] Losses();

    /// <summary>Everything that is needed to go on with one image later, in any batch: a safetensors file.</summary>
    /// <param name="image">Its place in the batch.</param>
    public abstract byte[] Checkpoint(int image);

    /// <summary>Goes on from one checkpoint for each image of the batch.</summary>
    /// <param name="checkpoints">B files of the same method, sizes and iteration.</param>
    /// <exception cref="CheckpointException">A file is damaged, of another method or sizes, or of another iteration than the first.</exception>
    public abstract void Restore(IReadOnlyList<byte[]> checkpoints);

    /// <summary>The iteration at which a checkpoint was taken.</summary>
    /// <exception cref="CheckpointException">The file is damaged or not a checkpoint.</exception>
    public static int CheckpointIteration(ReadOnlyMemory<byte> checkpoint) =>
        IterationOf(SafetensorsHeader.Read(checkpoint, checkpoint.Length, "The checkpoint"));

    /// <summary>The iteration in a checkpoint's metadata.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    protected static int IterationOf(SafetensorsHeader header) =>
        header.Metadata.TryGetValue(IterationEntry, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var iteration)
            ? iteration
            : throw SafetensorsHeader.Damaged(header.FileName, "names no iteration; it is not a checkpoint of an inversion");
}
