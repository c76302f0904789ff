using PmSFC.Engine.Preparation;

namespace PmSFC.Engine.Subspaces;

/// <summary>A discovery under way.</summary>
public abstract class DiscoveryRun : PreparationRun
{
    /// <summary>The terms of the latest iteration; waits for the device.</summary>
    /// <returns><see langword="null"/> before the first iteration, and where a discovery minimises nothing.</returns>
    public abstract DiscoveryLosses? Losses();

    /// <summary>The features' term, which stands for the whole: the weights of the terms are the discovery's own affair.</summary>
    public override double Loss() => Losses()?.Feature ?? 0;

    /// <summary>The subspaces, after the last iteration.</summary>
    /// <exception cref="InvalidOperationException">Iterations are left to do.</exception>
    /// <exception cref="DegenerateAffinityException">What was found does not divide the channels.</exception>
    public abstract SubspaceSet Finish();
}
