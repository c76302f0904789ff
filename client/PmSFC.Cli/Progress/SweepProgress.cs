using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Cli.Progress;

/// <summary>What is known of a running sweep, made of its plan, of what was stored before, and of its events.</summary>
internal sealed class SweepProgress
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30), ShortestWindow = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Dictionary<string, List<PlannedJob>> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _idsByCell = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PreparationStatus> _preparations = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _stored;
    private readonly Queue<(long Time, double MultiplyAdds)> _lately = [];
    private double _multiplyAdds;
    private double _multiplyAddsPerSecond;

    /// <summary>Begins to follow a sweep.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="stored">Ids of its jobs whose results were stored before it began.</param>
    /// <param name="time">The clock.</param>
    public SweepProgress(SweepPlan plan, IReadOnlySet<string> stored, TimeProvider time)
    {
        Plan = plan;
        _stored = stored;
        _time = time;
        _started = time.GetTimestamp();
        foreach (var job in plan.Jobs())
        {
            var id = job.Spec.Id;
            if (!_jobs.TryGetValue(id, out var planned)) _jobs[id] = planned = [];
            planned.Add(job);
            if (!_idsByCell.TryGetValue(job.Cell.Label, out var ids)) _idsByCell[job.Cell.Label] = ids = [];
            ids.Add(id);
        }
    }

    /// <summary>The sweep.</summary>
    public SweepPlan Plan { get; }

    /// <summary>Whether every job is in a final state.</summary>
    public bool Finished { get; private set; }

    /// <summary>Why it stopped or stands still, one sentence, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Different jobs in all; cells with equal settings share theirs.</summary>
    public int Jobs => _jobs.Count;

    /// <summary>Jobs whose results are stored.</summary>
    public int Done => _jobs.Keys.Count(IsDone);

    /// <summary>Jobs whose results were stored before the beginning.</summary>
    public int Stored => _jobs.Keys.Count(_stored.Contains);

    /// <summary>Jobs that failed for good or were cancelled.</summary>
    public int Failed => _jobs.Keys.Count(IsFailed);

    /// <summary>The rows, in the plan's order.</summary>
    public ImmutableArray<CellProgress> Cells => [.. Plan.Cells.Select(Describe)];

    /// <summary>Discoveries and trainings that are under way or wait.</summary>
    public IEnumerable<PreparationStatus> Preparations => _preparations.Values.Where(d => !d.State.IsFinal());

    /// <summary>Devices that work for the sweep now.</summary>
    public IReadOnlyList<string> Devices =>
    [
        .. _statuses.Values.Where(IsRunning).Select(job => job.Device)
            .Concat(_preparations.Values.Where(d => d.State == JobState.Running).Select(d => d.Device))
            .OfType<string>().Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Why jobs, discoveries and trainings wait, with how many each reason holds back. To wait for one's turn is no reason, and what jobs wait
    /// for that is being prepared says its own.
    /// </summary>
    public IReadOnlyList<(string Who, string Reason)> Waiting =>
    [
        .. _statuses.Values.Select(job => ReasonOf(job.State, job.WaitingFor, job.Progress)).OfType<string>().CountBy(reason => reason, StringComparer.Ordinal)
            .OrderByDescending(reason => reason.Value).Select(reason => (Amounts.Count(reason.Value, "job"), reason.Key)),
        .. from preparation in Preparations
           let reason = ReasonOf(preparation.State, preparation.WaitingFor, preparation.Progress)
           where reason is not null
           select (Amounts.Doing(preparation.Kind), reason),
    ];

    /// <summary>Time until everything is done at the present speed, or null where no speed is known.</summary>
    public TimeSpan? Remaining => Plan.Cells.Sum(RemainingMultiplyAdds) is var left && left == 0 && Done + Failed < Jobs ? null : ToTime(left);

    /// <summary>Takes an event in.</summary>
    public void Apply(SweepEvent change)
    {
        if (change.Job is { } job)
        {
            if (_statuses.GetValueOrDefault(job.Id)?.Progress is { } before)
                _multiplyAdds += Math.Max(0, IterationsOf(job) - before.Iteration) * CellOf(job.Id).MultiplyAddsPerIteration;
            _statuses[job.Id] = job;
        }

        if (change.Preparation is { } preparation) _preparations[preparation.Id] = preparation;
        if (change.Reason is not null) Reason = change.Reason;
        if (change.Finished) (Finished, Reason) = (true, change.Reason);
        if (PresentSpeed() is > 0 and var speed) _multiplyAddsPerSecond = speed;
    }

    /// <summary>The rows and images that a job stands for, or none where the job is not of this sweep.</summary>
    public IReadOnlyList<PlannedJob> PlannedFor(string jobId) => _jobs.TryGetValue(jobId, out var planned) ? planned : [];

    /// <summary>Whether a job's result was stored before the beginning.</summary>
    public bool WasStored(string jobId) => _stored.Contains(jobId);

    /// <summary>What is known of a job, or null.</summary>
    public JobStatus? StatusOf(string jobId) => _statuses.GetValueOrDefault(jobId);

    /// <summary>
    /// Multiply-adds a second of the last half minute, since single reports differ a lot; what the running jobs report until that much is known, and 0
    /// while none runs.
    /// </summary>
    private double PresentSpeed()
    {
        var running = _statuses.Values.Where(IsRunning).ToList();
        if (running.Count == 0)
        {
            _lately.Clear();
            return 0;
        }

        var now = _time.GetTimestamp();
        _lately.Enqueue((now, _multiplyAdds));
        while (_time.GetElapsedTime(_lately.Peek().Time, now) > Window) _lately.Dequeue();
        var (since, done) = _lately.Peek();
        var span = _time.GetElapsedTime(since, now);
        return span >= ShortestWindow
            ? (_multiplyAdds - done) / span.TotalSeconds
            : running.Sum(status => Speed(status) * CellOf(status.Id).MultiplyAddsPerIteration);
    }

    private double IterationsOf(JobStatus job) =>
        job.State == JobState.Succeeded ? CellOf(job.Id).Iterations : job.Progress?.Iteration ?? 0;

    private static string? ReasonOf(JobState state, string? waitingFor, JobProgress? progress) => state switch
    {
        JobState.Succeeded or JobState.Failed or JobState.Cancelled => null,
        JobState.Running => progress?.HeldUpBy,
        _ => waitingFor is null || WaitingTurn.Is(waitingFor) ? null : waitingFor,
    };

    private static bool IsRunning(JobStatus job) => job.State == JobState.Running;

    private static double Speed(JobStatus job) => job.Progress?.IterationsPerSecond ?? 0;

    private bool IsDone(string id) => _statuses.TryGetValue(id, out var status) ? status.State == JobState.Succeeded : _stored.Contains(id);

    private bool IsFailed(string id) => _statuses.TryGetValue(id, out var status) && status.State is JobState.Failed or JobState.Cancelled;

    private SweepCell CellOf(string jobId) => PlannedFor(jobId) is [var first, ..] ? first.Cell : Plan.Cells[0];

    private CellProgress Describe(SweepCell cell)
    {
        var ids = IdsOf(cell);
        var running = ids.Select(StatusOf).OfType<JobStatus>().Where(IsRunning).ToList();
        var left = cell.Iterations == 0
            ? ids.Count(id => !IsDone(id) && !IsFailed(id)) / Math.Max(1.0, ids.Count)
            : ids.Sum(id => RemainingIterations(cell, id)) / Math.Max(1.0, (double)cell.Iterations * ids.Count);
        return new CellProgress(
            cell.Label,
            ids.Count,
            ids.Count(IsDone),
            ids.Count(_stored.Contains),
            ids.Count(IsFailed),
            running.Count,
            Math.Clamp(1 - left, 0, 1),
            running.Sum(Speed),
            ToTime(RemainingMultiplyAdds(cell)));
    }

    private List<string> IdsOf(SweepCell cell) => _idsByCell.GetValueOrDefault(cell.Label, []);

    private double RemainingMultiplyAdds(SweepCell cell) =>
        IdsOf(cell).Sum(id => RemainingIterations(cell, id)) * cell.MultiplyAddsPerIteration;

    private double RemainingIterations(SweepCell cell, string id) =>
        IsDone(id) || IsFailed(id) ? 0 : Math.Max(0, cell.Iterations - (StatusOf(id)?.Progress?.Iteration ?? 0));

    private TimeSpan? ToTime(double multiplyAdds) => multiplyAdds == 0
        ? TimeSpan.Zero
        : _multiplyAddsPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min(1e8, multiplyAdds / _multiplyAddsPerSecond)) : null;
}
