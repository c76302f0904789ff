using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PmSFC.Abstractions.Telemetry;

/// <summary>
/// The source of the product's spans and the meter of its metrics, both named <c>PmSFC</c>, with every name that they use.
/// <c>docs/telemetry.md</c> says what each means.
/// </summary>
public static class PmSFCTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "PmSFC";

    /// <summary>The span of a sweep, on the client, from its start until its watcher leaves.</summary>
    public const string SweepSpan = "sweep";

    /// <summary>The root span of one attempt at a job, linked to its sweep's span.</summary>
    public const string JobSpan = "job";

    /// <summary>The root span of one attempt at a discovery, linked to its sweep's span.</summary>
    public const string DiscoverySpan = "discovery";

    /// <summary>The root span of one attempt at a training, linked to its sweep's span.</summary>
    public const string TrainingSpan = "training";

    /// <summary>The root span of one attempt at another preparation, linked to its sweep's span.</summary>
    public const string PreparationSpan = "preparation";

    /// <summary>Child: waiting in the device pool for a lease.</summary>
    public const string QueueSpan = "queue";

    /// <summary>Child: reading inputs and checkpoints from the store.</summary>
    public const string LoadSpan = "load";

    /// <summary>Child: of a job, reading its subspace set; of a discovery, finding it.</summary>
    public const string DiscoverSpan = "discover";

    /// <summary>Child of a training: the iterations.</summary>
    public const string TrainSpan = "train";

    /// <summary>Child of another preparation: the iterations.</summary>
    public const string PrepareSpan = "prepare";

    /// <summary>Child of a job: the iterations on the device.</summary>
    public const string OptimizeSpan = "optimize";

    /// <summary>Child of a job: metrics of the reconstruction.</summary>
    public const string EvaluateSpan = "evaluate";

    /// <summary>Child: writing results to the store.</summary>
    public const string StoreSpan = "store";

    /// <summary>
    /// The entry of Orleans' request context in which a worker's reports name the attempt's trace, 32 hexadecimal digits. It is not there where the attempt is
    /// not traced, and silos of earlier versions do not look for it.
    /// </summary>
    public const string TraceIdEntry = "pmsfc.trace.id";

    /// <summary>Where spans come from.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Where metrics come from.</summary>
    public static Meter Meter { get; } = new(Name);
}
