using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Grains.Sweeps;

/// <summary>One job of a sweep as the sweep knows it.</summary>
internal sealed class SweepJob(string id, JobSpec spec, long bytes)
{
    public JobSpec Spec => spec;

    public long Bytes => bytes;

    /// <summary>Indexes of the plan's cells that imply it: settings that differ in name only lead to the same job.</summary>
    public ImmutableArray<int> Cells { get; set; } = [];

    /// <summary>Ids of what must be stored before it can run.</summary>
    public ImmutableArray<string> Needs { get; } = [.. new[] { spec.SubspaceSetId, spec.NetworkId }.OfType<string>()];

    public JobStatus Status { get; set; } = new()
    {
        Id = id,
        State = spec.SubspaceSetId is not null ? JobState.WaitingForSubspaces : spec.NetworkId is not null ? JobState.WaitingForNetwork : JobState.Queued,
        Attempts = 0,
        WaitingFor = "the sweep has not looked at it yet",
    };

    /// <summary>Whether the store was asked for its result.</summary>
    public bool Examined { get; set; }

    /// <summary>The pass in which it was last asked for with success, 0 before the first.</summary>
    public int Asked { get; set; }

    /// <summary>Messages that came from it; a reply that was overtaken by one is out of date.</summary>
    public int Heard { get; set; }
}
