using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Preparations;

namespace PmSFC.Grains.Sweeps;

/// <summary>What a sweep knows of its jobs and of the preparations that they need. Success is taken back only where a start finds a result gone.</summary>
internal sealed class SweepTracker
{
    private const int ProblemsTold = 20;

    private readonly TimeProvider _time;
    private readonly Dictionary<string, SweepPreparation> _preparations = new(StringComparer.Ordinal);
    private readonly List<SweepPreparation> _preparationsInOrder = [];
    private readonly WaitingReasons _waiting;
    private (bool IsStored, string Reason)[] _toldOfPreparations = [];

    public SweepTracker(SweepPlan plan, TimeProvider time)
    {
        _time = time;
        Plan = plan;
        _waiting = new WaitingReasons(time);
        foreach (var (spec, bytes) in plan.Cells.SelectMany(cell => cell.Needs()))
            Add(spec, bytes);

        Jobs = new SweepJobs(plan);
        Id = SweepPlan.IdOf(Jobs.InPlansOrder);
        foreach (var preparation in _preparationsInOrder)
            preparation.Changed = CountThoseThatNeedPreparations;
        foreach (var job in Jobs.All)
        {
            job.Changed = Count;
            Count(job);
        }
    }

    /// <summary>The sweep's id, which the plan hashes all of its jobs for.</summary>
    public string Id { get; }

    /// <summary>The plan, with the names, owner and priority that the latest start gave.</summary>
    public SweepPlan Plan { get; private set; }

    public SweepJobs Jobs { get; }

    /// <summary>What is made once for the jobs, each after what it needs itself.</summary>
    public IReadOnlyList<SweepPreparation> Preparations => _preparationsInOrder;

    /// <summary>Whether its jobs have ended, and what its results were made with is stored.</summary>
    public bool IsFinished => Jobs.Unfinished == 0 && !PreparationsWanted().Any();

    /// <summary>Why the sweep must stop, one sentence, or null where its failures are within the budget.</summary>
    public string? Exceeds(FailureBudget? budget) =>
        budget is null || Jobs.Failed <= budget.Of(Jobs.All.Count)
            ? null
            : $"It stopped because {Jobs.Failed} of its {Jobs.All.Count} jobs failed, more than its failure-budget of {budget} allows: mend what failed, or give it a larger failure-budget, and run it again.";

    /// <summary>An earlier activation of the sweep may have asked any job for its work.</summary>
    public void TakeOver()
    {
        foreach (var job in Jobs.All)
            job.IsRequested = true;
    }

    /// <summary>What is left of an earlier round: grains of jobs that failed in it remember that the sweep asked for them.</summary>
    public void TakeOver(SweepTracker earlier)
    {
        foreach (var job in earlier.Jobs.All.Where(job => job.IsRequested))
            Jobs.Find(job.Status.Id)!.IsRequested = true;
    }

    /// <summary>Takes over what a later plan of the same id says of the same jobs.</summary>
    public void Take(SweepPlan plan) => Plan = plan;

    /// <summary>Whether it is a job or a preparation of the sweep that is known to be in the store.</summary>
    public bool IsStored(string id) => (Jobs.Find(id)?.Status.State ?? Preparation(id)?.Status.State) == JobState.Succeeded;

    public SweepPreparation? Preparation(string id) => _preparations.GetValueOrDefault(id);

    /// <summary>What some job that has not failed needs and that is not stored.</summary>
    public IEnumerable<SweepPreparation> PreparationsWanted()
    {
        if (_preparationsInOrder.All(preparation => preparation.Status.State.IsFinal()))
            return [];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in Jobs.All)
        {
            if (job.Status.State is not (JobState.Failed or JobState.Cancelled))
                wanted.UnionWith(job.Needs);
        }

        foreach (var preparation in _preparationsInOrder.AsEnumerable().Reverse())
        {
            if (wanted.Contains(preparation.Status.Id) && !preparation.Status.State.IsFinal())
                wanted.UnionWith(preparation.Needs);
        }

        return _preparationsInOrder.Where(s => wanted.Contains(s.Status.Id) && !s.Status.State.IsFinal());
    }

    /// <summary>Whether nothing but a device is needed to run the job.</summary>
    public bool IsReady(SweepJob job) => Missing(job.Needs) is null;

    /// <summary>Whether nothing but a device is needed to make it.</summary>
    public bool IsReady(SweepPreparation preparation) => Missing(preparation.Needs) is null;

    /// <summary>What failed of what it is made from, or null.</summary>
    public PreparationStatus? FailedNeed(SweepPreparation preparation) => Failed(preparation.Needs);

    /// <summary>The jobs that a new state decides: to be queued where all that they need is stored, failed where it failed.</summary>
    public IEnumerable<(SweepJob Job, JobStatus Status)> Consequences(SweepPreparation preparation) =>
        from job in preparation.Status.State.IsFinal() ? Jobs.All : []
        where job.Needs.Contains(preparation.Status.Id) && IsWaiting(job.Status)
        let status = After(job)
        where status != job.Status
        select (job, status);

    /// <summary>Asks again for jobs whose results are no longer stored, and looks again whether what jobs need is stored.</summary>
    public void Forget(IEnumerable<SweepJob> gone)
    {
        foreach (var preparation in _preparationsInOrder.Where(p => p.Status.State == JobState.Succeeded))
            preparation.Status = preparation.Status with { State = JobState.Queued, WaitingFor = WaitingTurn.TriedAgain };
        foreach (var job in gone)
            Renew(job);
    }

    /// <summary>Wants again what failed.</summary>
    public void ForgetFailures()
    {
        foreach (var preparation in _preparationsInOrder.Where(p => p.Status.State == JobState.Failed))
            preparation.Status = preparation.Status with { State = JobState.Queued, WaitingFor = WaitingTurn.TriedAgain };

        foreach (var job in Jobs.All)
        {
            if (job.Status.State == JobState.Failed)
                Renew(job);
        }
    }

    private void Renew(SweepJob job)
    {
        var state = Missing(job.Needs) is { } missing ? Waiting(missing) : JobState.Queued;
        Jobs.Renew(job, Into(state, job.Status) with { WaitingFor = WaitingTurn.TriedAgain });
    }

    /// <summary>Gives up what is not in a final state.</summary>
    /// <returns>The new states.</returns>
    public IReadOnlyList<JobStatus> CancelUnfinished()
    {
        var given = new List<JobStatus>();
        foreach (var job in Jobs.All.Where(j => !j.Status.State.IsFinal()))
        {
            Jobs.Set(job, Into(JobState.Cancelled, job.Status) with { WaitingFor = null });
            given.Add(job.Status);
        }

        return given;
    }

    /// <summary>Makes everything wait that is neither stored nor failed, even where its grain has it running for another sweep.</summary>
    /// <returns>The new states.</returns>
    public IReadOnlyList<JobStatus> PauseUnfinished()
    {
        foreach (var preparation in _preparationsInOrder.Where(p => p.Status.State is not (JobState.Succeeded or JobState.Failed)))
            preparation.Status = preparation.Status with { State = JobState.Queued, WaitingFor = WaitingTurn.Paused };
        var paused = new List<JobStatus>();
        foreach (var job in Jobs.All.Where(j => j.Status.State is not (JobState.Succeeded or JobState.Failed)))
        {
            var state = Missing(job.Needs) is { } missing ? Waiting(missing) : JobState.Queued;
            Jobs.Set(job, Into(state, job.Status) with { WaitingFor = WaitingTurn.Paused });
            paused.Add(job.Status);
        }

        return paused;
    }

    /// <param name="phase">What the sweep is doing.</param>
    /// <param name="sequence">Number of the latest event.</param>
    /// <param name="reason">Why it stopped or is paused, or null.</param>
    /// <param name="priority">The priority that it was given after its start, or null.</param>
    public SweepStatus Describe(SweepPhase phase, long sequence, string? reason = null, int? priority = null) =>
        new()
        {
            Id = Id,
            Name = Plan.Name,
            Finished = HasEnded(phase),
            Cells = CountByCell(),
            Running = [.. Jobs.HandedOver.Select(j => j.Status).Where(s => s.State == JobState.Running)],
            Preparations = [.. PreparationsWanted().Select(s => s.Status)],
            Waiting = _waiting.Jobs,
            WaitingSince = _waiting.Since,
            Failures = Jobs
                .All.Where(j => j.Status.State == JobState.Failed)
                .CountBy(j => j.Status.Failure?.Name ?? FailureName.Bug)
                .ToImmutableSortedDictionary(),
            Sequence = sequence,
            State = phase switch
            {
                SweepPhase.Cancelling or SweepPhase.Cancelled => SweepState.Cancelled,
                SweepPhase.Stopping or SweepPhase.Stopped => SweepState.Stopped,
                SweepPhase.Pausing or SweepPhase.Paused when !IsFinished => SweepState.Paused,
                _ => HasEnded(phase) ? SweepState.Finished : SweepState.Running,
            },
            Reason = reason,
            Priority = priority ?? Plan.Priority,
            Problems = Jobs
                .All.Where(j => j.Status is { State: JobState.Failed, Failure: not null })
                .CountBy(j => $"{j.Status.Failure!.Name}: {j.Status.Failure.Message}", StringComparer.Ordinal)
                .OrderByDescending(problem => problem.Value)
                .ThenBy(problem => problem.Key, StringComparer.Ordinal)
                .Take(ProblemsTold)
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

    /// <summary>After its last job a sweep still has checkpoints to delete and its end to store.</summary>
    private bool HasEnded(SweepPhase phase) =>
        phase is SweepPhase.Finished or SweepPhase.Cancelled or SweepPhase.Stopped || (phase == SweepPhase.Paused && IsFinished);

    private ImmutableArray<CellStatus> CountByCell() =>
        [
            .. Plan.Cells.Select(
                (cell, index) =>
                    new CellStatus
                    {
                        Label = cell.Label,
                        Jobs = Enum.GetValues<JobState>()
                            .Where(state => Jobs.InState(index, state) > 0)
                            .ToImmutableSortedDictionary(state => state, state => Jobs.InState(index, state)),
                    }
            ),
        ];

    private void Count(SweepJob job) => _waiting.Take(job, WaitingFor(job));

    /// <summary>What a preparation says is what the jobs that need it say; a preparation that goes on says the same again and again.</summary>
    private void CountThoseThatNeedPreparations()
    {
        (bool, string)[] told =
        [
            .. _preparationsInOrder.Select(preparation => (preparation.Status.State == JobState.Succeeded, WaitingFor(preparation))),
        ];
        if (told.SequenceEqual(_toldOfPreparations))
            return;
        _toldOfPreparations = told;
        _waiting.Take([.. Jobs.All.Where(job => !job.Needs.IsEmpty).Select(job => (job, WaitingFor(job)))]);
    }

    private string? WaitingFor(SweepJob job) =>
        job.Status.State switch
        {
            var state when state.IsWaitingForPreparation() && job.Examined && Missing(job.Needs) is { } missing => WaitingFor(missing),
            JobState.Running => job.Status.Progress?.HeldUpBy,
            JobState.Succeeded or JobState.Failed or JobState.Cancelled => null,
            JobState.Queued when job.Examined && !Jobs.IsHandedOver(job) && job.Status.WaitingFor != WaitingTurn.Paused =>
                WaitingTurn.BehindOthers,
            _ => job.Status.WaitingFor ?? WaitingTurn.NotLookedAt,
        };

    private string WaitingFor(SweepPreparation preparation)
    {
        if (Missing(preparation.Needs) is { } missing)
            return WaitingFor(missing);
        var (what, done) = PreparationWording.Of(preparation.Kind);
        return preparation.Status.State == JobState.Running
            ? $"{what} being {done} on {preparation.Status.Device ?? "a device"}{(preparation.Status.Progress?.HeldUpBy is { } reason ? $": {reason}" : "")}"
            : $"{what} not {done} yet: {preparation.Status.WaitingFor ?? "that is about to be queued"}";
    }

    /// <summary>A job's status after what it needs has changed.</summary>
    public JobStatus After(SweepJob job)
    {
        var status = job.Status;
        if (Failed(job.Needs) is { } failed)
        {
            return Into(JobState.Failed, status) with
            {
                WaitingFor = null,
                Failure = new JobFailure
                {
                    Name = failed.Failure?.Name ?? FailureName.Bug,
                    Message = PreparationWording.FailureOf(failed.KindName, failed.Failure?.Message),
                },
            };
        }

        if (!IsWaiting(status))
            return status;
        return Missing(job.Needs) is { } missing
            ? Into(Waiting(missing), status)
            : Into(JobState.Queued, status) with
            {
                WaitingFor = WaitingTurn.AboutToBeQueued,
            };
    }

    /// <summary>A status in a state that the sweep gives its job, and not the job's grain.</summary>
    private JobStatus Into(JobState state, JobStatus status) =>
        status.State == state ? status : status with { State = state, Since = _time.GetUtcNow() };

    private static bool IsWaiting(JobStatus job) => job.State.IsWaitingForPreparation();

    private static JobState Waiting(SweepPreparation missing) => PreparationKinds.WaitingStateOf(missing.Kind);

    private SweepPreparation? Missing(ImmutableArray<string> needs) =>
        needs.Select(id => _preparations[id]).FirstOrDefault(preparation => preparation.Status.State != JobState.Succeeded);

    private PreparationStatus? Failed(ImmutableArray<string> needs) =>
        needs.Select(id => _preparations[id].Status).FirstOrDefault(need => need.State == JobState.Failed);

    private void Add(IPreparationSpec spec, long bytes)
    {
        var id = spec.Id;
        if (_preparations.TryGetValue(id, out var known))
        {
            known.Bytes = Math.Min(known.Bytes, bytes);
            return;
        }

        // The set whose sizes are copied is in no cell of the plan: its memory is within that of the set that copies them.
        foreach (var need in spec.Needs.Where(need => !_preparations.ContainsKey(need.Id)))
            Add(need, bytes);
        var preparation = new SweepPreparation(spec, bytes);
        _preparations.Add(id, preparation);
        _preparationsInOrder.Add(preparation);
    }
}
