using Orleans.Concurrency;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>Hands specs to the silo's planner.</summary>
[StatelessWorker]
internal sealed class SweepPlannerGrain(ISweepPlanner planner) : Grain, ISweepPlannerGrain
{
    /// <inheritdoc/>
    public Task<PlanOutcome> Plan(SweepSpec spec) => planner.PlanAsync(spec, CancellationToken.None);
}
