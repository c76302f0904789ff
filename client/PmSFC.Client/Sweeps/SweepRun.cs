using System.Diagnostics;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Sweeps;

/// <summary>A sweep that this client started. Disposing ends its span; the sweep goes on.</summary>
public sealed class SweepRun : IDisposable
{
    private readonly SweepClient _client;
    private readonly Activity? _activity;

    internal SweepRun(SweepClient client, SweepPlan plan, SweepStatus status, Activity? activity)
    {
        _client = client;
        _activity = activity;
        Plan = plan;
        Status = status;
    }

    /// <summary>What is being done.</summary>
    public SweepPlan Plan { get; }

    /// <summary>Where the sweep stood when it was started.</summary>
    public SweepStatus Status { get; }

    /// <summary>Events since then, until the sweep is finished; see <see cref="SweepClient.WatchAsync"/>.</summary>
    public IAsyncEnumerable<SweepEvent> WatchAsync(CancellationToken cancellationToken = default) =>
        _client.WatchAsync(Status.Id, Status.Sequence, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _activity?.Dispose();
}
