using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>
/// One change of a sweep: a job's change of state or progress. Numbered without gaps within one activation of the sweep, and higher than in any
/// activation before; events that catch a watcher up share the number of the latest event.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepEvent")]
public sealed record SweepEvent
{
    /// <summary>Number of the event.</summary>
    [Id(0)]
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The job as it is now, or null where the event is about a preparation or the sweep's end.</summary>
    [Id(2)]
    public JobStatus? Job { get; init; }

    /// <summary>The discovery or training as it is now, or null.</summary>
    [Id(3)]
    public PreparationStatus? Preparation { get; init; }

    /// <summary>Whether the sweep is finished with this event.</summary>
    [Id(4)]
    public bool Finished { get; init; }

    /// <summary>Why the sweep stops or is paused, one sentence, where this event says so; else null.</summary>
    [Id(5)]
    public string? Reason { get; init; }
}
