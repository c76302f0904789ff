using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>Wakes sweeps that ran in a silo that is gone: when this silo starts, and then every period.</summary>
internal sealed partial class SweepWatchdog(
    IGrainFactory grains,
    IArtifactStore store,
    IOptions<SweepOptions> options,
    StartedSweeps started,
    TimeProvider time,
    ILogger<SweepWatchdog> logger
) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private Task _watching = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SweepWatchdog), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await _watching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(options.Value.WatchdogPeriod, time);
        try
        {
            do
            {
                await WakeAllAsync();
            } while (await timer.WaitForNextTickAsync(_stopped.Token));
        }
        catch (OperationCanceledException) { }
    }

    private async Task WakeAllAsync()
    {
        try
        {
            await foreach (var name in store.ListAsync(ArtifactNames.Sweeps, _stopped.Token))
            {
                if (ArtifactNames.SweepOf(name) is { } id && (options.Value.GoesOnByItself || started.Contains(id)))
                    await WakeAsync(id);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotWoken(e);
        }
    }

    /// <summary>Wakes one sweep. One that cannot be woken, because its record is damaged or of a later version, does not keep the others asleep.</summary>
    private async Task WakeAsync(string id)
    {
        try
        {
            await grains.GetGrain<ISweepGrain>(id).Wake().WaitAsync(_stopped.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogSweepNotWoken(id, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Sweep {Id} could not be woken; the next round tries again.")]
    private partial void LogSweepNotWoken(string id, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Not every sweep could be listed or woken; the next round tries again.")]
    private partial void LogNotWoken(Exception exception);
}
