using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Client.Results;

/// <summary>
/// A sweep's results as stored, cell by cell. Every number of it is measured; those that are quoted stand in a <see cref="QuotedTable"/> of their own.
/// </summary>
public sealed class SweepTable
{
    private const string RetrainedNote = $"{RowSource.Retrained}: the method's network was trained here, not by its authors.";

    private const int Concurrency = 16;

    /// <summary>A table of the outcomes of a plan's jobs.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="jobs">Its jobs in its order.</param>
    /// <param name="known">How metrics are shown, in the order of columns; one that is not among them shows its name.</param>
    /// <param name="conflicts">Results that were not accepted because the job had another; null for none.</param>
    public SweepTable(
        SweepPlan plan,
        ImmutableArray<TableJob> jobs,
        IReadOnlyList<MetricDisplay>? known = null,
        ImmutableArray<JobConflict>? conflicts = null
    )
    {
        Plan = plan;
        Jobs = jobs;
        Conflicts = conflicts ?? [];
        Metrics = MetricDisplay.Of(jobs.SelectMany(job => job.Metrics.Keys), known ?? []);
        LacksMeasurements = MetricNotes.Unmeasured(this, known ?? []).Any();
        var byCell = jobs.ToLookup(job => job.Job.Cell.Label);
        Rows = [.. plan.Cells.Select(cell => RowOf(cell, [.. byCell[cell.Label]]))];
        Notes =
        [
            .. MetricNotes.Of(this, known ?? []),
            .. DivergenceNotes.Of(this),
            .. StoredConflicts.Describe(plan, Conflicts),
            .. plan.Cells.Any(cell => RowSource.Of(cell) == RowSource.Retrained) ? [RetrainedNote] : Array.Empty<string>(),
        ];
    }

    /// <summary>What was to be done.</summary>
    public SweepPlan Plan { get; }

    /// <summary>Every job, cell by cell, images in the plan's order.</summary>
    public ImmutableArray<TableJob> Jobs { get; }

    /// <summary>Results that were not accepted because the job had another.</summary>
    public ImmutableArray<JobConflict> Conflicts { get; }

    /// <summary>The metrics that any result has, in the order of columns.</summary>
    public ImmutableArray<MetricDisplay> Metrics { get; }

    /// <summary>
    /// What a reader has to know of the metrics (which are not measured and how they are, why, and with which weights) and of the rows' sources.
    /// </summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>Whether measuring the stored results would add numbers.</summary>
    public bool LacksMeasurements { get; }

    /// <summary>A row for each cell, in the plan's order.</summary>
    public ImmutableArray<TableRow> Rows { get; }

    /// <summary>Reads the results of every job of a plan.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="known">How metrics are shown, in the order of columns; one that is not among them shows its name.</param>
    /// <param name="statuses">What the cluster knows of jobs by id, to tell why some have no result; null where no cluster was asked.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="StoreException">The store failed, or a result is of a later format.</exception>
    public static async Task<SweepTable> ReadAsync(
        IArtifactStore store,
        SweepPlan plan,
        IReadOnlyList<MetricDisplay>? known = null,
        IReadOnlyDictionary<string, JobStatus>? statuses = null,
        CancellationToken cancellationToken = default
    )
    {
        var planned = plan.Jobs().ToList();
        var jobs = new TableJob[planned.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, planned.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (i, cancellation) =>
            {
                var id = planned[i].Spec.Id;
                jobs[i] = await StoredResult.ReadAsync(store, id, cancellation) switch
                {
                    null => WithoutResult(planned[i], id, statuses?.GetValueOrDefault(id)),
                    { Fault: { } fault } => new TableJob(
                        planned[i],
                        id,
                        Result: null,
                        Failed: false,
                        $"{fault.Sentence}; 'sweep resume' mends it."
                    )
                    {
                        Fault = fault,
                    },
                    { } stored => await ReadMeasurementsAsync(
                        store,
                        new TableJob(planned[i], id, stored.Result, Failed: false, Problem: null),
                        known ?? [],
                        cancellation
                    ),
                };
            }
        );
        return new SweepTable(plan, [.. jobs], known, await StoredConflicts.ReadAsync(store, plan, cancellationToken));
    }

    /// <summary>Every other cell against a reference, over the images that both have.</summary>
    /// <param name="reference">Label of the reference cell; null means the first.</param>
    /// <exception cref="BadInputException">No cell has that label.</exception>
    public ImmutableArray<TableDifference> Differences(string? reference = null)
    {
        var label = reference ?? Plan.Cells[0].Label;
        if (Plan.Cells.All(cell => cell.Label != label))
            throw new BadInputException(
                $"There is no cell '{label}' to compare with; use one of: {string.Join(", ", Plan.Cells.Select(cell => cell.Label))}."
            );
        var byCell = Jobs.Where(job => job.Result is not null).ToLookup(job => job.Job.Cell.Label, job => (job.Job.Image.Id, job.Metrics));
        var baseline = byCell[label].DistinctBy(job => job.Id).ToDictionary(job => job.Id, job => job.Metrics);
        return
        [
            .. from cell in Plan.Cells
            where cell.Label != label
            select new TableDifference(
                cell.Label,
                label,
                RowSource.Of(cell),
                Estimates(metric =>
                    from job in byCell[cell.Label]
                    where job.Metrics.ContainsKey(metric) && baseline.TryGetValue(job.Id, out var other) && other.ContainsKey(metric)
                    select Estimate.Difference(job.Metrics[metric], baseline[job.Id][metric])
                )
            ),
        ];
    }

    /// <summary>The table for people, as GitHub renders it.</summary>
    /// <param name="reference">Label of the cell that the others are compared with; null means the first.</param>
    /// <param name="quoted">Published numbers, which follow in a table of their own; null for none.</param>
    public string ToMarkdown(string? reference = null, QuotedTable? quoted = null) => TableText.Markdown(this, reference, quoted);

    /// <summary>A line for each cell (or difference) and metric, numbers in full.</summary>
    public string ToCsv(string? reference = null, QuotedTable? quoted = null) => TableText.Csv(this, reference, quoted);

    /// <summary>Everything: rows, differences, and each job's metrics; numbers in full.</summary>
    public byte[] ToJson(string? reference = null, QuotedTable? quoted = null) => TableText.Json(this, reference, quoted);

    /// <summary>The job with what was measured of its picture. What is damaged, or of another picture or an earlier definition, is left out.</summary>
    private static async Task<TableJob> ReadMeasurementsAsync(
        IArtifactStore store,
        TableJob job,
        IReadOnlyList<MetricDisplay> known,
        CancellationToken cancellationToken
    )
    {
        var (measurements, leftOut) = (ImmutableArray.CreateBuilder<JobMeasurement>(), ImmutableArray.CreateBuilder<ArtifactFault>());
        await foreach (var name in store.ListAsync(ArtifactNames.JobMeasurements(job.Id), cancellationToken))
        {
            if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
                continue;
            var stored = StoredMeasurement.Read(artifact, name, job.Result!);
            if (known.FirstOrDefault(metric => metric.Name == stored.Measurement?.Metric) is { } metric)
                stored = stored.Following(metric.Definition);
            if (stored.Measurement is { } measurement)
                measurements.Add(measurement);
            else
                leftOut.Add(stored.Fault!);
        }

        return job with
        {
            Measurements = measurements.ToImmutable(),
            LeftOut = leftOut.ToImmutable(),
        };
    }

    private static TableJob WithoutResult(PlannedJob job, string id, JobStatus? status) =>
        new(
            job,
            id,
            Result: null,
            status?.State == JobState.Failed,
            status switch
            {
                { State: JobState.Failed, Failure: { } failure } => $"{failure.Name}: {failure.Message}",
                { State: JobState.Failed } => "Failed.",
                { State: JobState.Cancelled } => "Cancelled; resume the sweep to run it.",
                { State: JobState.Running, Progress: { } progress } => $"Running, iteration {progress.Iteration} of {progress.Iterations}.",
                { WaitingFor: { } reason } => reason,
                _ => "Not finished.",
            }
        );

    private TableRow RowOf(SweepCell cell, IReadOnlyList<TableJob> jobs)
    {
        var results = jobs.Where(job => job.Result is not null).ToList();
        var failed = jobs.Count(job => job.Failed);
        return new TableRow
        {
            Label = cell.Label,
            Method = cell.Method,
            Source = RowSource.Of(cell),
            Done = results.Count,
            Failed = failed,
            Missing = jobs.Count - results.Count - failed,
            Metrics = Estimates(metric =>
                results.Select(job => job.Metrics).Where(metrics => metrics.ContainsKey(metric)).Select(metrics => metrics[metric])
            ),
            DeviceSeconds = results.Count > 0 ? results.Average(job => job.Result!.DeviceSeconds) : null,
        };
    }

    private ImmutableSortedDictionary<string, Estimate> Estimates(Func<string, IEnumerable<double>> sampleOf) =>
        Metrics
            .Select(metric => (Metric: metric.Name, Estimate: Estimate.Of([.. sampleOf(metric.Name)])))
            .Where(pair => pair.Estimate is not null)
            .ToImmutableSortedDictionary(pair => pair.Metric, pair => pair.Estimate!.Value, StringComparer.Ordinal);
}
