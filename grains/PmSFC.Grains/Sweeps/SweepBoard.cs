using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>What a sweep knows of its jobs and of the subspace sets that they need. Success is never taken back: results do not vanish.</summary>
internal sealed class SweepBoard
{
    private readonly Dictionary<string, SweepJob> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SweepSet> _sets = new(StringComparer.Ordinal);
    private readonly List<SweepSet> _setsInOrder = [];
    private readonly SweepPlan _plan;

    public SweepBoard(SweepPlan plan)
    {
        _plan = plan;
        for (var cell = 0; cell < plan.Cells.Length; cell++)
        {
            if (plan.Cells[cell].Subspaces is { } subspaces)
                AddSet(subspaces, plan.Cells[cell].BytesPerJob);
        }

        var images = plan.Images.Length;
        foreach (var (index, planned) in plan.Jobs().Index())
        {
            var id = planned.Spec.Id;
            if (!_jobs.TryGetValue(id, out var job))
                _jobs.Add(id, job = new SweepJob(id, planned.Spec, planned.Cell.BytesPerJob));
            job.Cells = job.Cells.Add(index / images);
        }
    }

    public SweepPlan Plan => _plan;

    public IReadOnlyCollection<SweepJob> Jobs => _jobs.Values;

    /// <summary>Subspace sets, each after the one that it takes its sizes of.</summary>
    public IReadOnlyList<SweepSet> Sets => _setsInOrder;

    public bool IsFinished => _jobs.Values.All(j => j.Status.State.IsFinal());

    public SweepJob? Job(string id) => _jobs.GetValueOrDefault(id);

    public SweepSet? Set(string id) => _sets.GetValueOrDefault(id);

    /// <summary>Sets that some unfinished job waits for and that are not stored.</summary>
    public IEnumerable<SweepSet> SetsWanted()
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in _jobs.Values)
        {
            if (job.Spec.SubspaceSetId is { } id && !job.Status.State.IsFinal())
                wanted.Add(id);
        }

        foreach (var set in _setsInOrder.AsEnumerable().Reverse())
        {
            if (set.BaseId is not null && wanted.Contains(set.Status.Id) && !set.Status.State.IsFinal())
                wanted.Add(set.BaseId);
        }

        return _setsInOrder.Where(s => wanted.Contains(s.Status.Id) && !s.Status.State.IsFinal());
    }

    /// <summary>Whether nothing but a device is needed to run the job.</summary>
    public bool IsReady(SweepJob job) =>
        job.Spec.SubspaceSetId is not { } id || _sets[id].Status.State == JobState.Succeeded;

    /// <summary>Whether nothing but a device is needed to discover the set.</summary>
    public bool IsReady(SweepSet set) => set.BaseId is null || _sets[set.BaseId].Status.State == JobState.Succeeded;

    /// <summary>The jobs that a set's new state decides: to be queued where it is stored, failed where it failed.</summary>
    public IEnumerable<(SweepJob Job, JobStatus Status)> Consequences(SweepSet set) =>
        from job in _jobs.Values
        where job.Spec.SubspaceSetId == set.Status.Id && job.Status.State == JobState.WaitingForSubspaces
        let status = After(job.Status, set.Status)
        where status != job.Status
        select (job, status);

    /// <summary>Wants again what failed.</summary>
    public void ForgetFailures()
    {
        foreach (var set in _setsInOrder)
        {
            if (set.Status.State == JobState.Failed)
                set.Status = set.Status with { State = JobState.Queued, WaitingFor = "the sweep tries it anew" };
        }

        foreach (var job in _jobs.Values)
        {
            if (job.Status.State != JobState.Failed)
                continue;
            var state = IsReady(job) ? JobState.Queued : JobState.WaitingForSubspaces;
            job.Status = job.Status with { State = state, WaitingFor = "the sweep tries it anew" };
            job.Examined = false;
            job.Asked = 0;
        }
    }

    /// <summary>Gives up what is not in a final state.</summary>
    /// <returns>The new states.</returns>
    public IReadOnlyList<JobStatus> CancelUnfinished()
    {
        var given = new List<JobStatus>();
        foreach (var job in _jobs.Values.Where(j => !j.Status.State.IsFinal()))
            given.Add(job.Status = job.Status with { State = JobState.Cancelled, WaitingFor = null });
        return given;
    }

    public SweepStatus Describe(SweepPhase phase, long sequence) => new()
    {
        Id = _plan.Id,
        Name = _plan.Name,
        Finished = phase is SweepPhase.Finished or SweepPhase.Cancelled || IsFinished,
        Cells = CountByCell(),
        Running = [.. _jobs.Values.Select(j => j.Status).Where(s => s.State == JobState.Running)],
        Discoveries = [.. SetsWanted().Select(s => s.Status)],
        Waiting = _jobs.Values.Select(WaitingFor).OfType<string>().CountBy(reason => reason, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(StringComparer.Ordinal),
        Failures = _jobs.Values.Where(j => j.Status.State == JobState.Failed).CountBy(j => j.Status.Failure?.Name ?? FailureName.Bug)
            .ToImmutableSortedDictionary(),
        Sequence = sequence,
    };

    private ImmutableArray<CellStatus> CountByCell()
    {
        var counts = _plan.Cells.Select(_ => ImmutableSortedDictionary.CreateBuilder<JobState, int>()).ToArray();
        foreach (var job in _jobs.Values)
        {
            foreach (var cell in job.Cells)
                counts[cell][job.Status.State] = counts[cell].GetValueOrDefault(job.Status.State) + 1;
        }

        return [.. _plan.Cells.Zip(counts, (cell, count) => new CellStatus { Label = cell.Label, Jobs = count.ToImmutable() })];
    }

    private string? WaitingFor(SweepJob job) => job.Status.State switch
    {
        JobState.WaitingForSubspaces when job.Examined => WaitingFor(_sets[job.Spec.SubspaceSetId!]),
        JobState.Running or JobState.Succeeded or JobState.Failed or JobState.Cancelled => null,
        _ => job.Status.WaitingFor ?? "the sweep has not looked at it yet",
    };

    private string WaitingFor(SweepSet set)
    {
        if (!IsReady(set))
            return WaitingFor(_sets[set.BaseId!]);
        return set.Status.State == JobState.Running
            ? $"its subspaces are being discovered on {set.Status.Device ?? "a device"}"
            : $"its subspaces are not discovered yet: {set.Status.WaitingFor ?? "the discovery is about to be queued"}";
    }

    /// <summary>A job that waits for a set, after the set's change.</summary>
    public static JobStatus After(JobStatus job, SubspaceSetStatus set) => set.State switch
    {
        JobState.Succeeded when job.State == JobState.WaitingForSubspaces => job with { State = JobState.Queued, WaitingFor = "about to be queued" },
        JobState.Failed => job with
        {
            State = JobState.Failed,
            WaitingFor = null,
            Failure = new JobFailure
            {
                Name = set.Failure?.Name ?? FailureName.Bug,
                Message = $"Its subspaces could not be discovered: {set.Failure?.Message}",
            },
        },
        _ => job,
    };

    private string AddSet(SubspaceSpec spec, long bytes)
    {
        var baseId = spec.SizesOf is null ? null : AddSet(spec.SizesOf, bytes);
        var id = spec.Id;
        if (_sets.TryGetValue(id, out var known))
        {
            known.Bytes = Math.Min(known.Bytes, bytes);
            return id;
        }

        var set = new SweepSet(id, spec, baseId, bytes);
        _sets.Add(id, set);
        _setsInOrder.Add(set);
        return id;
    }
}
