using System.Diagnostics.Metrics;

namespace PmSFC.Abstractions.Telemetry;

/// <summary>The product's metrics. No id is ever an attribute, so the number of time series stays small.</summary>
public static class PmSFCMetrics
{
    /// <summary>Attribute: the device, for people.</summary>
    public const string DeviceAttribute = "pmsfc.device";

    /// <summary>Attribute: the inversion method or the discovery.</summary>
    public const string MethodAttribute = "pmsfc.method";

    /// <summary>Attribute: the outcome of a job, in lower case.</summary>
    public const string StateAttribute = "pmsfc.job.state";

    /// <summary>Attribute: whether work in the pool is <c>queued</c> or <c>running</c>.</summary>
    public const string WorkStateAttribute = "pmsfc.work.state";

    /// <summary>Attribute: the name of a failure, where there is one.</summary>
    public const string FailureAttribute = "pmsfc.failure";

    /// <summary>Attribute: how a device was lost, <c>silent</c> or <c>gave-up</c>.</summary>
    public const string DeviceLossAttribute = "pmsfc.device.loss";

    /// <summary>Attribute: why a store failed, in lower case.</summary>
    public const string StoreFailureAttribute = "pmsfc.store.failure";

    /// <summary>Attribute: how a sweep ended, <c>finished</c>, <c>stopped</c> or <c>cancelled</c>.</summary>
    public const string SweepStateAttribute = "pmsfc.sweep.state";

    /// <summary>Iterations done; an iteration of a batch counts once for each image.</summary>
    public static Counter<long> Iterations { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>("pmsfc.iterations", "{iteration}", "Iterations done, once for each image of a batch.");

    /// <summary>Iterations a second of the batch that runs.</summary>
    public static Gauge<double> IterationRate { get; } =
        PmSFCTelemetry.Meter.CreateGauge<double>(
            "pmsfc.iteration.rate",
            "{iteration}/s",
            "Iterations a second of the batch that runs on a device."
        );

    /// <summary>Attempts at jobs and discoveries by their outcome.</summary>
    public static Counter<long> Jobs { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>("pmsfc.jobs", "{job}", "Jobs that entered a state on a device.");

    /// <summary>Work that waits in a device pool.</summary>
    public static Gauge<int> QueueDepth { get; } =
        PmSFCTelemetry.Meter.CreateGauge<int>("pmsfc.queue.depth", "{job}", "Work items that wait in the device pool.");

    /// <summary>Device time that the work of a device pool will take.</summary>
    public static Gauge<double> QueueWork { get; } =
        PmSFCTelemetry.Meter.CreateGauge<double>(
            "pmsfc.queue.work",
            "s",
            "Device-seconds that the work in the device pool will take, waiting or left of what runs."
        );

    /// <summary>Devices of a device pool.</summary>
    public static Gauge<int> Devices { get; } =
        PmSFCTelemetry.Meter.CreateGauge<int>("pmsfc.devices", "{device}", "Devices that are connected to the device pool.");

    /// <summary>Age of a pool's oldest lease.</summary>
    public static Gauge<double> LeaseAge { get; } =
        PmSFCTelemetry.Meter.CreateGauge<double>(
            "pmsfc.lease.age",
            "s",
            "Seconds since the device pool gave the oldest lease that is held."
        );

    /// <summary>The part of the time that a device computed.</summary>
    public static Gauge<double> DeviceBusy { get; } =
        PmSFCTelemetry.Meter.CreateGauge<double>(
            "pmsfc.device.busy",
            "1",
            "Share of the time since the last reading that the device computed, 0 to 1."
        );

    /// <summary>Work of a device pool that is leased.</summary>
    public static Gauge<int> QueueRunning { get; } =
        PmSFCTelemetry.Meter.CreateGauge<int>("pmsfc.queue.running", "{job}", "Work items that devices hold leases on.");

    /// <summary>Devices of a device pool that hold leases.</summary>
    public static Gauge<int> DevicesWorking { get; } =
        PmSFCTelemetry.Meter.CreateGauge<int>("pmsfc.devices.working", "{device}", "Devices of the device pool that hold leases.");

    /// <summary>Devices that went without leaving.</summary>
    public static Counter<long> DevicesLost { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>(
            "pmsfc.devices.lost",
            "{device}",
            "Devices that fell silent, or left with work in their hands."
        );

    /// <summary>Leases that ended without a word from their workers.</summary>
    public static Counter<long> LeasesExpired { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>("pmsfc.leases.expired", "{lease}", "Leases that ended without a word from their workers.");

    /// <summary>Attempts at the store that failed.</summary>
    public static Counter<long> StoreFailures { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>(
            "pmsfc.store.failures",
            "{attempt}",
            "Attempts at the artifact store that failed, also those that were repeated."
        );

    /// <summary>Sweeps at work.</summary>
    public static UpDownCounter<long> Sweeps { get; } =
        PmSFCTelemetry.Meter.CreateUpDownCounter<long>("pmsfc.sweeps", "{sweep}", "Sweeps that this silo works on.");

    /// <summary>Jobs of sweeps at work, by state.</summary>
    public static UpDownCounter<long> SweepJobs { get; } =
        PmSFCTelemetry.Meter.CreateUpDownCounter<long>("pmsfc.sweep.jobs", "{job}", "Jobs of the sweeps that this silo works on.");

    /// <summary>Sweeps that came to an end.</summary>
    public static Counter<long> SweepsEnded { get; } =
        PmSFCTelemetry.Meter.CreateCounter<long>("pmsfc.sweeps.ended", "{sweep}", "Sweeps that came to an end.");
}
