using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>Makes plans of specs; the silo implements it over the engine, which knows the methods and what they cost.</summary>
public interface ISweepPlanner
{
    /// <summary>Resolves presets, defaults and grids, and checks every setting; it starts nothing and stores nothing.</summary>
    Task<PlanOutcome> PlanAsync(SweepSpec spec, CancellationToken cancellationToken);
}
