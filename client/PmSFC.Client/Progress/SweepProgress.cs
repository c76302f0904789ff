using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;

namespace PmSFC.Client.Progress;

/// <summary>
/// What is known of a running sweep, made of its plan, of what was stored before, and of its events. An event costs the same however many jobs there are, and what is asked costs as much as
/// there are rows and running jobs.
/// </summary>
/// <remarks>Not for use by several threads at once.</remarks>
public sealed class SweepProgress
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30),
        ShortestWindow = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Row[] _rows;
    private readonly Dictionary<string, JobStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobStatus> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
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
        : this(new PlannedSweep(plan), stored, time) { }

    /// <summary>Begins to follow a sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="stored">Ids of its jobs whose results were stored before it began.</param>
    /// <param name="time">The clock.</param>
    public SweepProgress(PlannedSweep sweep, IReadOnlySet<string> stored, TimeProvider time)
    {
        (Sweep, _stored, _time, _started) = (sweep, stored, time, time.GetTimestamp());
        _rows = [.. sweep.Plan.Cells.Select(_ => new Row { Jobs = sweep.Plan.Images.Length })];
        foreach (var id in sweep.JobIds.Distinct(StringComparer.Ordinal))
        {
            Count(id, 1);
            if (!stored.Contains(id))
                continue;
            Stored++;
            foreach (var place in sweep.PlacesOf(id))
                RowAt(place).Stored++;
        }
    }

    /// <summary>The sweep with the ids of its jobs.</summary>
    public PlannedSweep Sweep { get; }

    /// <summary>The sweep's plan.</summary>
    public SweepPlan Plan => Sweep.Plan;

    /// <summary>Whether every job is in a final state.</summary>
    public bool Finished { get; private set; }

    /// <summary>Why it stopped or is paused, one sentence, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Different jobs in all; cells with equal settings share theirs.</summary>
    public int Jobs => Sweep.Jobs;

    /// <summary>Jobs whose results are stored.</summary>
    public int Done { get; private set; }

    /// <summary>Jobs whose results were stored before the beginning.</summary>
    public int Stored { get; }

    /// <summary>Jobs that failed for good or were cancelled.</summary>
    public int Failed { get; private set; }

    /// <summary>Jobs that a device works on.</summary>
    public int Running => _running.Count;

    /// <summary>Jobs of which anything was told.</summary>
    public int Known => _statuses.Count;

    /// <summary>Share of the multiply-adds of all iterations that are done, 0 to 1; of the jobs where none has iterations.</summary>
    public double Share
    {
        get
        {
            var all = Plan.Cells.Sum(cell => (double)cell.Iterations * cell.MultiplyAddsPerIteration * Plan.Images.Length);
            return Math.Clamp(all > 0 ? 1 - (RemainingMultiplyAdds() / all) : (Done + Failed) / Math.Max(1.0, Jobs), 0, 1);
        }
    }

    /// <summary>Iterations a second, summed over the images that run at once.</summary>
    public double IterationsPerSecond => _running.Values.Sum(Speed);

    /// <summary>The rows, in the plan's order.</summary>
    public ImmutableArray<CellProgress> Cells
    {
        get
        {
            var speeds = new double[_rows.Length];
            foreach (var job in _running.Values)
            {
                foreach (var place in Sweep.PlacesOf(job.Id))
                    speeds[place / Plan.Images.Length] += Speed(job);
            }

            return [.. Plan.Cells.Select((cell, index) => Describe(cell, _rows[index], speeds[index]))];
        }
    }

    /// <summary>Discoveries and trainings that are under way or wait.</summary>
    public IEnumerable<PreparationStatus> Preparations => _preparations.Values.Where(d => !d.State.IsFinal());

    /// <summary>Devices that work for the sweep now.</summary>
    public IReadOnlyList<string> Devices =>
        [
            .. _running
                .Values.Select(job => job.Device)
                .Concat(_preparations.Values.Where(d => d.State == JobState.Running).Select(d => d.Device))
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// Why jobs, discoveries and trainings wait, the reason that holds back most jobs first. To wait for one's turn is no reason, and what jobs wait
    /// for that is being prepared says its own.
    /// </summary>
    public IReadOnlyList<WaitingReason> Waiting =>
        [
            .. _reasons.OrderByDescending(reason => reason.Value).Select(reason => new WaitingReason(reason.Key, reason.Value)),
            .. from preparation in Preparations
            let reason = ReasonOf(preparation.State, preparation.WaitingFor, preparation.Progress)
            where reason is not null
            select new WaitingReason(reason, 0, preparation.KindName),
        ];

    /// <summary>Time until everything is done at the present speed, or null where no speed is known.</summary>
    public TimeSpan? Remaining => RemainingMultiplyAdds() is var left && left == 0 && Done + Failed < Jobs ? null : ToTime(left);

    /// <summary>Takes an event in; one of a job that is not of this sweep is left out.</summary>
    public void Apply(SweepEvent change)
    {
        if (change.Job is { } job && !Sweep.PlacesOf(job.Id).IsEmpty)
            Take(job);
        if (change.Preparation is { } preparation)
            _preparations[preparation.Id] = preparation;
        if (change.Reason is not null)
            Reason = change.Reason;
        if (change.Finished)
            (Finished, Reason) = (true, change.Reason);
        if (PresentSpeed() is > 0 and var speed)
            _multiplyAddsPerSecond = speed;
    }

    /// <summary>The rows and images that a job stands for, or none where the job is not of this sweep.</summary>
    public IEnumerable<(SweepCell Cell, ImageReference Image)> PlannedFor(string jobId) =>
        Sweep.PlacesOf(jobId).Select(place => (Sweep.CellAt(place), Sweep.ImageAt(place)));

    /// <summary>Whether a job's result was stored before the beginning.</summary>
    public bool WasStored(string jobId) => _stored.Contains(jobId);

    /// <summary>What is known of a job, or null.</summary>
    public JobStatus? StatusOf(string jobId) => _statuses.GetValueOrDefault(jobId);

    private void Take(JobStatus job)
    {
        Count(job.Id, -1);
        if (StatusOf(job.Id) is { } before)
        {
            if (before.Progress is { } reached)
                _multiplyAdds += Math.Max(0, IterationsOf(job) - reached.Iteration) * CellOf(job.Id).MultiplyAddsPerIteration;
            if (ReasonOf(before.State, before.WaitingFor, before.Progress) is { } gone && --_reasons[gone] == 0)
                _reasons.Remove(gone);
        }

        _statuses[job.Id] = job;
        Count(job.Id, 1);
        if (ReasonOf(job.State, job.WaitingFor, job.Progress) is { } reason)
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        if (job.State == JobState.Running)
            _running[job.Id] = job;
        else
            _running.Remove(job.Id);
    }

    /// <summary>Adds what a job is now to all counts, or takes it off.</summary>
    private void Count(string id, int sign)
    {
        var status = StatusOf(id);
        var done = status is null ? _stored.Contains(id) : status.State == JobState.Succeeded;
        var failed = status?.State is JobState.Failed or JobState.Cancelled;
        Done += done ? sign : 0;
        Failed += failed ? sign : 0;
        foreach (var place in Sweep.PlacesOf(id))
        {
            var row = RowAt(place);
            row.Done += done ? sign : 0;
            row.Failed += failed ? sign : 0;
            row.Running += status?.State == JobState.Running ? sign : 0;
            row.IterationsLeft +=
                done || failed ? 0 : sign * Math.Max(0, Sweep.CellAt(place).Iterations - (status?.Progress?.Iteration ?? 0));
        }
    }

    /// <summary>
    /// Multiply-adds a second of the last half minute, since single reports differ a lot; what the running jobs report until that much is known, and 0
    /// while none runs.
    /// </summary>
    private double PresentSpeed()
    {
        if (_running.Count == 0)
        {
            _lately.Clear();
            return 0;
        }

        var now = _time.GetTimestamp();
        _lately.Enqueue((now, _multiplyAdds));
        while (_time.GetElapsedTime(_lately.Peek().Time, now) > Window)
            _lately.Dequeue();
        var (since, done) = _lately.Peek();
        var span = _time.GetElapsedTime(since, now);
        return span >= ShortestWindow
            ? (_multiplyAdds - done) / span.TotalSeconds
            : _running.Values.Sum(status => Speed(status) * CellOf(status.Id).MultiplyAddsPerIteration);
    }

    private double IterationsOf(JobStatus job) =>
        job.State == JobState.Succeeded ? CellOf(job.Id).Iterations : job.Progress?.Iteration ?? 0;

    private static string? ReasonOf(JobState state, string? waitingFor, JobProgress? progress) =>
        state switch
        {
            JobState.Succeeded or JobState.Failed or JobState.Cancelled => null,
            JobState.Running => progress?.HeldUpBy,
            _ => waitingFor is null || WaitingTurn.Is(waitingFor) ? null : waitingFor,
        };

    private static double Speed(JobStatus job) => job.Progress?.IterationsPerSecond ?? 0;

    private SweepCell CellOf(string jobId) => Sweep.CellAt(Sweep.PlacesOf(jobId)[0]);

    private Row RowAt(int place) => _rows[place / Plan.Images.Length];

    private CellProgress Describe(SweepCell cell, Row row, double speed)
    {
        var left =
            cell.Iterations == 0
                ? (row.Jobs - row.Done - row.Failed) / Math.Max(1.0, row.Jobs)
                : row.IterationsLeft / Math.Max(1.0, (double)cell.Iterations * row.Jobs);
        return new CellProgress(
            cell.Label,
            row.Jobs,
            row.Done,
            row.Stored,
            row.Failed,
            row.Running,
            Math.Clamp(1 - left, 0, 1),
            speed,
            ToTime(row.IterationsLeft * cell.MultiplyAddsPerIteration)
        );
    }

    private double RemainingMultiplyAdds() =>
        _rows.Zip(Plan.Cells, (row, cell) => row.IterationsLeft * cell.MultiplyAddsPerIteration).Sum();

    private TimeSpan? ToTime(double multiplyAdds) =>
        multiplyAdds == 0 ? TimeSpan.Zero
        : _multiplyAddsPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min(1e8, multiplyAdds / _multiplyAddsPerSecond))
        : null;

    /// <summary>The counts of one row.</summary>
    private sealed class Row
    {
        public required int Jobs { get; init; }

        public int Done { get; set; }

        public int Stored { get; set; }

        public int Failed { get; set; }

        public int Running { get; set; }

        public long IterationsLeft { get; set; }
    }
}
