namespace PmSFC.Engine.Subspaces;

/// <summary>A discovery under way. Not safe for use by several threads at once.</summary>
public abstract class DiscoveryRun : IDisposable
{
    /// <summary>Number of finished iterations.</summary>
    public abstract int Iteration { get; }

    /// <summary>Number of iterations in all, at least 1.</summary>
    public abstract int Iterations { get; }

    /// <summary>Does one iteration.</summary>
    /// <exception cref="InvalidOperationException">All iterations are done.</exception>
    public abstract void Step();

    /// <summary>The terms of the latest iteration; waits for the device.</summary>
    /// <returns><see langword="null"/> before the first iteration, and where a discovery minimises nothing.</returns>
    public abstract DiscoveryLosses? Losses();

    /// <summary>All that is needed to go on from here, as a safetensors file.</summary>
    public abstract byte[] Checkpoint();

    /// <summary>Goes on from a checkpoint of a run with the same generator, settings and seed.</summary>
    /// <exception cref="Safetensors.CheckpointException">The content is damaged or of another run.</exception>
    public abstract void Restore(byte[] checkpoint);

    /// <summary>The subspaces, after the last iteration.</summary>
    /// <exception cref="InvalidOperationException">Iterations are left to do.</exception>
    /// <exception cref="DegenerateAffinityException">What was found does not divide the channels.</exception>
    public abstract SubspaceSet Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the run's tensors.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
