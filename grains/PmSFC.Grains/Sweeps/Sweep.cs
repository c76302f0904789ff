using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Grains.Devices;

namespace PmSFC.Grains.Sweeps;

/// <summary>What is stored of a sweep, what is known of its jobs, and what its watchers hear. It asks nobody.</summary>
/// <remarks>Each change is one synchronous step: reads and reports that come while something is awaited find it whole.</remarks>
internal sealed class Sweep(string id, StoredRecord stored, int eventsKept, TimeProvider time)
{
    // Why the last pass came to no end, or null.
    private string? _trouble;

    public string Id => id;

    /// <summary>The record as it is stored.</summary>
    public SweepRecord Record => stored.Value;

    /// <summary>What is known of its jobs, or null where that was not asked for since the activation.</summary>
    public SweepTracker? Tracker { get; private set; }

    public SweepEvents Events { get; } = new(eventsKept, start: time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);

    /// <summary>Why it stopped, is paused or does not get on, or null.</summary>
    public string? Reason => Record.Reason ?? _trouble;

    /// <summary>Whether a watcher that begins must hear the reason, as no event tells of it.</summary>
    public bool HasReasonToTell => Record.IsPaused || _trouble is not null;

    /// <summary>From now on this is what is known of its jobs.</summary>
    public void Track(SweepTracker tracker) => Tracker = tracker;

    /// <summary>Goes to another record, which is stored before anybody hears of it.</summary>
    public Task SaveAsync(SweepRecord next, Action? announce = null) => stored.SaveAsync(next, announce);

    /// <summary>Whether there is something left to do for it, or to find out, without a command.</summary>
    public bool NeedsTurns => Record.IsActive || stored.IsUncertain;

    /// <inheritdoc cref="StoredRecord.VerifyAsync"/>
    public Task VerifyAsync() => stored.VerifyAsync();

    /// <summary>
    /// The round of a new start. Jobs that failed are tried again in a later round alone. Where the record was damaged, the rounds so far are not known, but
    /// they were fewer than the seconds since then.
    /// </summary>
    public int NextRound() => stored.HasLostItsRound ? FencingTokens.FirstEpoch(time) : Record.Round + 1;

    /// <summary>What a job's grain says of it, where that counts.</summary>
    public void Learn(SweepJob job, JobStatus status)
    {
        var known = job.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        // The jobs of a cancelled sweep that still run do so for other sweeps; a job that no sweep wants has not got this sweep's request yet.
        var counts = Record.IsWanted || (Record.Phase == SweepPhase.Stopping && known.State == JobState.Running);
        if (status.State != JobState.Succeeded && (!counts || status.State == JobState.Cancelled))
            return;
        Set(job, status);
    }

    /// <summary>What the grain of a preparation says of it, where that counts, and what follows for the jobs that need it.</summary>
    public void Learn(SweepPreparation preparation, PreparationStatus status)
    {
        var known = preparation.Status;
        if (known.State == JobState.Succeeded || status == known)
            return;
        if (status.State != JobState.Succeeded && (!Record.IsWanted || status.State == JobState.Cancelled))
            return;
        preparation.Status = status;
        Events.Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = time.GetUtcNow(),
            Preparation = status,
        });
        foreach (var (job, consequence) in Tracker!.Consequences(preparation).ToArray())
            Learn(job, consequence);
    }

    /// <summary>A job has another status.</summary>
    public void Set(SweepJob job, JobStatus status)
    {
        Tracker!.Jobs.Set(job, status);
        Tell(status);
    }

    /// <summary>Tells a sentence that is the sweep's and no job's.</summary>
    public void Tell(string? reason) =>
        Events.Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = time.GetUtcNow(),
            Reason = reason,
        });

    /// <summary>A pass came to no end because of the store, or to one.</summary>
    public void SetTrouble(string? trouble)
    {
        if (trouble is not null && trouble != _trouble)
            Tell(trouble);
        _trouble = trouble;
    }

    /// <summary>Its jobs are given up until it is started again.</summary>
    public void EnterPause()
    {
        _trouble = null;
        foreach (var status in Tracker!.PauseUnfinished())
            Tell(status);
    }

    /// <summary>It is over: nothing is done for a job any more that has not ended.</summary>
    public void End()
    {
        _trouble = null;
        foreach (var status in Tracker!.CancelUnfinished())
            Tell(status);
        PmSFCMetrics.SweepsEnded.Add(
            1,
            new KeyValuePair<string, object?>(PmSFCMetrics.SweepStateAttribute, Record.Phase.ToString().ToLowerInvariant())
        );
        Events.Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = time.GetUtcNow(),
            Finished = true,
            Reason = Record.Reason,
        });
    }

    public int Priority => Record.Priority ?? Tracker!.Plan.Priority;

    /// <summary>Under what its work is asked for.</summary>
    /// <param name="bytes">The predicted memory of the work.</param>
    public WorkRequest Request(long bytes) =>
        new()
        {
            SweepId = id,
            Owner = Tracker!.Plan.Owner,
            Priority = Priority,
            BytesPerJob = bytes,
            TraceParent = Record.TraceParent,
            Round = Record.Round,
        };

    public SweepStatus Describe() => Tracker!.Describe(Record.Phase, Events.Latest, Reason, Record.Priority);

    /// <summary>All that is known, as events of one number, for a watcher that missed some.</summary>
    public SweepEvent[] Snapshot(long sequence)
    {
        var at = time.GetUtcNow();
        return
        [
            .. Tracker!.Preparations.Select(p => new SweepEvent
            {
                Sequence = sequence,
                At = at,
                Preparation = p.Status,
            }),
            .. Tracker.Jobs.All.Select(j => new SweepEvent
            {
                Sequence = sequence,
                At = at,
                Job = j.Status,
            }),
        ];
    }

    private void Tell(JobStatus status) =>
        Events.Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = time.GetUtcNow(),
            Job = status,
        });
}
