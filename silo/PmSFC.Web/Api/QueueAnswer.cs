using PmSFC.Abstractions.Devices;

namespace PmSFC.Web.Api;

/// <summary>What <c>/queue</c> says. The names are a promise: autoscalers read them.</summary>
internal sealed record QueueAnswer
{
    /// <summary>Device-seconds of all that waits and of what is left of all that runs.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>Device-seconds of what waits.</summary>
    public required double QueuedDeviceSeconds { get; init; }

    /// <summary>Device-seconds that are left of what runs.</summary>
    public required double RunningDeviceSeconds { get; init; }

    /// <summary>Jobs and preparations that wait.</summary>
    public required int Queued { get; init; }

    /// <summary>Jobs and preparations that run.</summary>
    public required int Running { get; init; }

    /// <summary>Those, waiting or running, whose time is not known from a measurement.</summary>
    public required int Unmeasured { get; init; }

    /// <summary>Devices that are connected to the pool, of any memory.</summary>
    public required int Devices { get; init; }

    /// <summary>Those of them that hold work.</summary>
    public required int BusyDevices { get; init; }

    /// <summary>The same by the memory that one job needs, the smallest first.</summary>
    public required IReadOnlyList<MemoryRow> ByMemory { get; init; }

    /// <summary>What needs one amount of memory.</summary>
    /// <param name="Bytes">Memory that one job needs on a device; 0 where it is not known yet.</param>
    /// <param name="QueuedDeviceSeconds">As above.</param>
    /// <param name="RunningDeviceSeconds">As above.</param>
    /// <param name="Queued">As above.</param>
    /// <param name="Running">As above.</param>
    /// <param name="Unmeasured">As above.</param>
    internal sealed record MemoryRow(
        long Bytes,
        double QueuedDeviceSeconds,
        double RunningDeviceSeconds,
        int Queued,
        int Running,
        int Unmeasured
    );

    /// <summary>Adds up loads of a pool.</summary>
    public static QueueAnswer Of(PoolStatus status, IEnumerable<PoolLoad> loads)
    {
        MemoryRow[] rows =
        [
            .. loads.Select(load => new MemoryRow(
                load.BytesPerJob,
                Rounded(load.QueuedSeconds),
                Rounded(load.RunningSeconds),
                load.Queued,
                load.Running,
                load.Unmeasured
            )),
        ];
        var (queued, running) = (rows.Sum(row => row.QueuedDeviceSeconds), rows.Sum(row => row.RunningDeviceSeconds));
        return new QueueAnswer
        {
            DeviceSeconds = Rounded(queued + running),
            QueuedDeviceSeconds = Rounded(queued),
            RunningDeviceSeconds = Rounded(running),
            Queued = rows.Sum(row => row.Queued),
            Running = rows.Sum(row => row.Running),
            Unmeasured = rows.Sum(row => row.Unmeasured),
            Devices = status.Devices.Length,
            BusyDevices = status.Devices.Count(device => device.Leases > 0),
            ByMemory = rows,
        };
    }

    private static double Rounded(double seconds) => Math.Round(seconds, 3);
}
