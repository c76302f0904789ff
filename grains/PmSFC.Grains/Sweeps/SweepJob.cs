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
    public ImmutableArray<string> Needs { get; } = [.. spec.PreparationIds()];

    public JobStatus Status
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    } =
        new()
        {
            Id = id,
            State = spec switch
            {
                { SubspaceSetId: not null } => JobState.WaitingForSubspaces,
                { NetworkId: not null } => JobState.WaitingForNetwork,
                { Preparations: not null } => JobState.WaitingForPreparation,
                _ => JobState.Queued,
            },
            Attempts = 0,
            WaitingFor = WaitingTurn.NotLookedAt,
        };

    /// <summary>Whether the store was asked for its result.</summary>
    public bool Examined
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke(this);
        }
    }

    /// <summary>Called after each change that may change what the job waits for.</summary>
    public Action<SweepJob>? Changed { get; set; }

    /// <summary>The reason under which it is counted among those that wait, or null.</summary>
    public string? CountedReason { get; set; }

    /// <summary>Whether its grain may know of the sweep.</summary>
    public bool IsRequested { get; set; }

    /// <summary>When its grain is asked again unless it says something before.</summary>
    public DateTimeOffset AskAgainAt { get; private set; }

    private TimeSpan AskInterval { get; set; }

    /// <summary>Messages that came from it; a reply that was overtaken by one is out of date.</summary>
    public int ReportCount { get; private set; }

    /// <summary>Its grain was asked: the next question waits twice as long as this one did, up to a limit.</summary>
    public void RecordQuestion(DateTimeOffset now, TimeSpan shortest, TimeSpan longest)
    {
        AskInterval =
            AskInterval == default ? shortest
            : AskInterval * 2 < longest ? AskInterval * 2
            : longest;
        AskAgainAt = now + AskInterval;
    }

    /// <summary>It said something: there is no need to ask for as long as the last question waited.</summary>
    public void RecordReport(DateTimeOffset now)
    {
        ReportCount++;
        AskAgainAt = now + AskInterval;
    }

    /// <summary>What it said may be out of date: it is asked with the next questions.</summary>
    public void MarkStale() => (AskInterval, AskAgainAt) = (default, default);
}
