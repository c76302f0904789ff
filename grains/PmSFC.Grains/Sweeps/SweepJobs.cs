using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>
/// The jobs of a sweep: those ahead, those handed over to their grains and not ended, those that ended. A change of one job costs the same however
/// many there are.
/// </summary>
internal sealed class SweepJobs
{
    private readonly Dictionary<string, SweepJob> _jobs = new(StringComparer.Ordinal);
    private readonly HashSet<SweepJob> _handedOver = [];

    private readonly List<SweepJob> _unexamined;

    // By cell and state.
    private readonly int[,] _counts;

    // By cell, since the jobs of a cell need the same preparations and can share batches.
    private readonly Queue<SweepJob>[] _ahead;

    public SweepJobs(SweepPlan plan)
    {
        _ahead = [.. plan.Cells.Select(_ => new Queue<SweepJob>())];
        var ids = new List<string>();
        foreach (var (index, planned) in plan.Jobs().Index())
        {
            var (id, cell) = (planned.Spec.Id, index / plan.Images.Length);
            ids.Add(id);
            if (!_jobs.TryGetValue(id, out var job))
            {
                _jobs.Add(id, job = new SweepJob(id, planned.Spec, planned.Cell.BytesPerJob));
                _ahead[cell].Enqueue(job);
            }

            job.Cells = job.Cells.Add(cell);
        }

        InPlansOrder = ids;
        _counts = new int[plan.Cells.Length, Enum.GetValues<JobState>().Length];
        foreach (var job in _jobs.Values)
            Count(job, 1);
        _unexamined = [.. _jobs.Values];
        Unfinished = _jobs.Count;
    }

    /// <summary>The ids of the jobs as the plan implies them, those that several cells share once for each.</summary>
    public IReadOnlyList<string> InPlansOrder { get; }

    public IReadOnlyCollection<SweepJob> All => _jobs.Values;

    /// <summary>Jobs that are not in a final state.</summary>
    public int Unfinished { get; private set; }

    /// <summary>Jobs that run.</summary>
    public int Running { get; private set; }

    /// <summary>Jobs that failed for good.</summary>
    public int Failed { get; private set; }

    /// <summary>Jobs that are handed over and wait for a device.</summary>
    public int Waiting => _handedOver.Count - Running;

    /// <summary>Jobs that their grains were asked for and that have not ended.</summary>
    public IReadOnlyCollection<SweepJob> HandedOver => _handedOver;

    /// <summary>How many jobs of a cell are in a state.</summary>
    public int InState(int cell, JobState state) => _counts[cell, (int)state];

    /// <summary>Jobs of which it is not known whether their results are stored.</summary>
    public IReadOnlyList<SweepJob> Unexamined()
    {
        _unexamined.RemoveAll(job => job.Examined || job.Status.State.IsFinal());
        return _unexamined;
    }

    public bool IsHandedOver(SweepJob job) => _handedOver.Contains(job);

    /// <summary>What the grains of jobs said may be out of date: they are asked again.</summary>
    public void MarkStale()
    {
        foreach (var job in _handedOver)
            job.MarkStale();
    }

    public SweepJob? Find(string id) => _jobs.GetValueOrDefault(id);

    /// <summary>Gives a job another status.</summary>
    public void Set(SweepJob job, JobStatus status)
    {
        Unfinished += Of(!status.State.IsFinal()) - Of(!job.Status.State.IsFinal());
        Running += Of(status.State == JobState.Running) - Of(job.Status.State == JobState.Running);
        Failed += Of(status.State == JobState.Failed) - Of(job.Status.State == JobState.Failed);
        if (status.State.IsFinal())
            _handedOver.Remove(job);
        // One that runs was handed over by an earlier activation of the sweep, if not by this one.
        else if (status.State is JobState.Running or JobState.Lost)
            _handedOver.Add(job);
        Count(job, -1);
        job.Status = status;
        Count(job, 1);
    }

    /// <summary>Hands over the next jobs, cell by cell, whose cells' preparations are ready.</summary>
    public IReadOnlyList<SweepJob> HandOver(int most, Func<SweepJob, bool> isReady)
    {
        var next = new List<SweepJob>();
        foreach (var cell in _ahead)
        {
            while (next.Count < most && Next(cell) is { } job && isReady(job))
            {
                next.Add(cell.Dequeue());
                _handedOver.Add(job);
                job.Changed?.Invoke(job);
            }
        }

        return next;
    }

    /// <summary>Whether there is a job to hand over.</summary>
    public bool HasMore(Func<SweepJob, bool> isReady) => _ahead.Any(cell => Next(cell) is { } job && isReady(job));

    /// <summary>Puts a job that ended ahead again, as if nothing were known of it.</summary>
    public void Renew(SweepJob job, JobStatus status)
    {
        Set(job, status);
        job.Examined = false;
        _unexamined.Add(job);
        _ahead[job.Cells[0]].Enqueue(job);
    }

    private SweepJob? Next(Queue<SweepJob> cell)
    {
        while (cell.TryPeek(out var job))
        {
            if (!job.Status.State.IsFinal() && !_handedOver.Contains(job))
                return job;
            cell.Dequeue();
        }

        return null;
    }

    private void Count(SweepJob job, int change)
    {
        foreach (var cell in job.Cells)
            _counts[cell, (int)job.Status.State] += change;
    }

    private static int Of(bool condition) => condition ? 1 : 0;
}
