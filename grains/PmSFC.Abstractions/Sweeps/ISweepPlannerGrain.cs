namespace PmSFC.Abstractions.Sweeps;

/// <summary>Makes plans of specs: a stateless worker, key 0. It starts nothing and stores nothing.</summary>
[Alias("pmsfc.ISweepPlannerGrain")]
public interface ISweepPlannerGrain : IGrainWithIntegerKey
{
    /// <summary>Resolves presets, defaults and grids, and checks every setting against its method and the generator.</summary>
    [Alias("Plan")]
    Task<PlanOutcome> Plan(SweepSpec spec);
}
