using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;

namespace PmSFC.Client.Tests.Fixtures;

/// <summary>Tables of a plan whose numbers a test makes up, without a store.</summary>
public sealed class MadeUpTable(SweepPlan plan)
{
    private readonly ImmutableArray<(PlannedJob Job, string Id, JobResult Result, int Cell, int Image)> _jobs =
    [
        .. plan.Jobs().Select((job, i) => (job, job.Spec.Id, SampleSweep.Result(job), i / plan.Images.Length, i % plan.Images.Length)),
    ];

    /// <summary>The table where each job has the metrics that are given for its row and image; null leaves the job without a result.</summary>
    public SweepTable With(Func<int, int, (string Metric, double Value)[]?> metricsOf) =>
        new(
            plan,
            [
                .. from job in _jobs
                let metrics = metricsOf(job.Cell, job.Image)
                select new TableJob(
                    job.Job,
                    job.Id,
                    metrics is null
                        ? null
                        : job.Result with
                        {
                            Metrics = metrics.ToImmutableSortedDictionary(
                                metric => metric.Metric,
                                metric => metric.Value,
                                StringComparer.Ordinal
                            ),
                        },
                    Failed: false,
                    metrics is null ? "Not finished." : null
                ),
            ],
            SampleSweep.Metrics
        );
}
