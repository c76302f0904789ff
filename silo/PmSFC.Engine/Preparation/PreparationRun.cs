namespace PmSFC.Engine.Preparation;

/// <summary>
/// Something that is found once and serves many inversions, under way: a discovery of subspaces, the training of a network. Not safe for use by
/// several threads at once.
/// </summary>
public abstract class PreparationRun : IDisposable
{
    /// <summary>Number of finished iterations.</summary>
    public abstract int Iteration { get; }

    /// <summary>Number of iterations in all, at least 1.</summary>
    public abstract int Iterations { get; }

    /// <summary>Does one iteration.</summary>
    /// <exception cref="InvalidOperationException">All iterations are done.</exception>
    public abstract void Step();

    /// <summary>
    /// The loss of the latest iteration, by which people and the cluster follow the run; NaN or infinite where it has diverged, 0 before the first
    /// iteration and where nothing is minimised. Waits for the device.
    /// </summary>
    public abstract double Loss();

    /// <summary>All that is needed to go on from here, as a safetensors file.</summary>
    public abstract byte[] Checkpoint();

    /// <summary>Goes on from a checkpoint of a run with the same generator, settings and seed.</summary>
    /// <exception cref="Checkpoints.CheckpointException">The content is damaged or of another run.</exception>
    public abstract void Restore(byte[] checkpoint);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the run's tensors.</summary>
    protected virtual void Dispose(bool disposing) { }
}
