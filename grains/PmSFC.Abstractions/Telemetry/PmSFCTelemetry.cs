using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PmSFC.Abstractions.Telemetry;

/// <summary>The source of the product's spans and the meter of its metrics, both named <c>PmSFC</c>.</summary>
public static class PmSFCTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "PmSFC";

    /// <summary>The span of a sweep, on the client, from its start until its watcher leaves.</summary>
    public const string SweepSpan = "sweep";

    /// <summary>Where spans come from.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Where metrics come from.</summary>
    public static Meter Meter { get; } = new(Name);
}
