using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Grains.Sweeps;

/// <summary>One subspace set that jobs of a sweep need, or that another set takes its sizes of.</summary>
internal sealed class SweepSet(string id, SubspaceSpec spec, string? baseId, long bytes)
{
    public SubspaceSpec Spec => spec;

    public string? BaseId => baseId;

    /// <summary>Predicted memory: that of the smallest job that needs the set, so that whoever can run that job can prepare it.</summary>
    public long Bytes { get; set; } = bytes;

    public SubspaceSetStatus Status { get; set; } = new()
    {
        Id = id,
        State = JobState.Queued,
        WaitingFor = "the sweep has not looked at it yet",
    };

    public int Heard { get; set; }
}
