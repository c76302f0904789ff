using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Web.Api;

/// <summary>What the cluster has to do, and why what waits does.</summary>
/// <param name="Queued">Jobs and preparations that wait in the pool for a device.</param>
/// <param name="Running">Jobs and preparations that run.</param>
/// <param name="DeviceSeconds">Device-seconds of all that waits in the pool and of what is left of all that runs.</param>
/// <param name="QueuedDeviceSeconds">Device-seconds of what waits in the pool.</param>
/// <param name="RunningDeviceSeconds">Device-seconds that are left of what runs.</param>
/// <param name="Unmeasured">Those, waiting or running, whose time is not known from a measurement.</param>
/// <param name="Devices">Devices that are connected.</param>
/// <param name="BusyDevices">Those of them that hold work.</param>
/// <param name="OldestWaitingSeconds">For how long the one that came first to the pool has waited, or null where none waits.</param>
/// <param name="OldestRunningSeconds">For how long the one that has run longest has, or null where none runs.</param>
/// <param name="Waiting">Why jobs of sweeps wait, in the pool or before it; the sweep that was started last first, and in it the reason that holds back most jobs first.</param>
internal sealed record WaitingAnswer(
    int Queued,
    int Running,
    double DeviceSeconds,
    double QueuedDeviceSeconds,
    double RunningDeviceSeconds,
    int Unmeasured,
    int Devices,
    int BusyDevices,
    double? OldestWaitingSeconds,
    double? OldestRunningSeconds,
    IReadOnlyList<WaitingAnswer.Reason> Waiting
)
{
    /// <summary>Why jobs of a sweep wait.</summary>
    /// <param name="Sweep">The sweep's id.</param>
    /// <param name="Name">The sweep's name.</param>
    /// <param name="Sentence">The reason, one sentence.</param>
    /// <param name="Jobs">How many it holds back.</param>
    /// <param name="Since">Since when it has held back some job without a break, or null where the sweep's silo is of a version that does not tell.</param>
    internal sealed record Reason(
        string Sweep,
        string Name,
        [property: System.Text.Json.Serialization.JsonPropertyName("reason")] string Sentence,
        int Jobs,
        DateTimeOffset? Since
    );

    /// <summary>Puts together what the pool and the sweeps say.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="load">What it holds.</param>
    /// <param name="sweeps">The sweeps that are not at their end.</param>
    public static WaitingAnswer Of(PoolStatus pool, QueueAnswer load, IEnumerable<SweepStatus> sweeps) =>
        new(
            load.Queued,
            load.Running,
            load.DeviceSeconds,
            load.QueuedDeviceSeconds,
            load.RunningDeviceSeconds,
            load.Unmeasured,
            load.Devices,
            load.BusyDevices,
            pool.OldestWaiting?.TotalSeconds,
            pool.Leased > 0 ? pool.OldestLease.TotalSeconds : null,
            [
                .. from sweep in sweeps
                from waiting in sweep.Waiting.OrderByDescending(reason => reason.Value)
                select new Reason(
                    sweep.Id,
                    sweep.Name,
                    waiting.Key,
                    waiting.Value,
                    sweep.WaitingSince.TryGetValue(waiting.Key, out var since) ? since : null
                ),
            ]
        );
}
