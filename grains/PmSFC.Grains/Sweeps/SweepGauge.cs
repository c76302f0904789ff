using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Grains.Sweeps;

/// <summary>One sweep's part in the silo's counts of sweeps and jobs: each change is added to them, so that no reader has to count over all sweeps.</summary>
internal sealed class SweepGauge
{
    private static readonly KeyValuePair<string, object?> Waiting = new(PmSFCMetrics.StateAttribute, "waiting"),
        Running = new(PmSFCMetrics.StateAttribute, "running"),
        Succeeded = new(PmSFCMetrics.StateAttribute, "succeeded"),
        Failed = new(PmSFCMetrics.StateAttribute, "failed");

    private (int Sweeps, int Waiting, int Running, int Succeeded, int Failed) _shown;

    /// <summary>The sweep is at work and its jobs stand like this.</summary>
    public void Show(SweepJobs jobs) =>
        Move((1, jobs.Unfinished - jobs.Running, jobs.Running, jobs.All.Count - jobs.Unfinished - jobs.Failed, jobs.Failed));

    /// <summary>Nothing is done for the sweep here any more.</summary>
    public void Clear() => Move(default);

    private void Move((int Sweeps, int Waiting, int Running, int Succeeded, int Failed) next)
    {
        var before = _shown;
        _shown = next;
        PmSFCMetrics.Sweeps.Add(next.Sweeps - before.Sweeps);
        PmSFCMetrics.SweepJobs.Add(next.Waiting - before.Waiting, Waiting);
        PmSFCMetrics.SweepJobs.Add(next.Running - before.Running, Running);
        PmSFCMetrics.SweepJobs.Add(next.Succeeded - before.Succeeded, Succeeded);
        PmSFCMetrics.SweepJobs.Add(next.Failed - before.Failed, Failed);
    }
}
