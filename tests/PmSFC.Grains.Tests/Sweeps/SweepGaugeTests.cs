using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepGaugeTests
{
    private readonly SweepJobs _jobs = new(Plans.Plan(images: 5));
    private readonly SweepGauge _gauge = new();

    [Fact]
    public void Show_AsJobsGoOn_EachJobCountsInOneStateUntilTheSweepIsCleared()
    {
        using var measurements = new Measurements(PmSFCMetrics.Sweeps, PmSFCMetrics.SweepJobs);
        var jobs = _jobs.All.ToArray();

        _gauge.Show(_jobs);
        Counts().ShouldBe((1, 5, 0, 0, 0));
        Set(0, JobState.Running);
        Set(1, JobState.Succeeded);
        Set(2, JobState.Failed);
        _gauge.Show(_jobs);
        _gauge.Show(_jobs);
        Counts().ShouldBe((1, 2, 1, 1, 1));
        _jobs.Renew(jobs[2], jobs[2].Status with { State = JobState.Queued });
        _gauge.Show(_jobs);
        Counts().ShouldBe((1, 3, 1, 1, 0));
        _gauge.Clear();
        _gauge.Clear();
        Counts().ShouldBe((0, 0, 0, 0, 0));

        void Set(int index, JobState state) => _jobs.Set(jobs[index], jobs[index].Status with { State = state });

        (long Sweeps, long Waiting, long Running, long Succeeded, long Failed) Counts() =>
            (measurements.Sum(PmSFCMetrics.Sweeps), Of("waiting"), Of("running"), Of("succeeded"), Of("failed"));

        long Of(string state) => measurements.Sum(PmSFCMetrics.SweepJobs, state);
    }
}
