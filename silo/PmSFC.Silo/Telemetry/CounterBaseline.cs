using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Silo.Telemetry;

/// <summary>
/// Shows every counter of rare events as 0 when the silo starts. One that first appears as 1 has not grown, for a query that asks by how much it grew.
/// </summary>
internal sealed class CounterBaseline : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Show(PmSFCMetrics.Jobs, PmSFCMetrics.StateAttribute, "running", "succeeded", "failed", "released", "lost", "cancelled");
        Show(PmSFCMetrics.DevicesLost, PmSFCMetrics.DeviceLossAttribute, "silent", "gave-up");
        Show(PmSFCMetrics.StoreFailures, PmSFCMetrics.StoreFailureAttribute, "unavailable", "refused", "full");
        Show(PmSFCMetrics.SweepsEnded, PmSFCMetrics.SweepStateAttribute, "finished", "stopped", "cancelled");
        PmSFCMetrics.LeasesExpired.Add(0);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Show(Counter<long> counter, string attribute, params ReadOnlySpan<string> values)
    {
        foreach (var value in values)
            counter.Add(0, new KeyValuePair<string, object?>(attribute, value));
    }
}
