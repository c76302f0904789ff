using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;

namespace PmSFC.Web.Api;

/// <summary>Asks the pool and all sweeps what waits, once a second at most however many want to know.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="sweeps">The sweeps of the store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of sweeps that do not answer.</param>
internal sealed partial class QueueReader(IGrainFactory grains, SweepClient sweeps, TimeProvider time, ILogger<QueueReader> logger)
{
    private static readonly ParallelOptions Few = new() { MaxDegreeOfParallelism = 16 };
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<(PoolStatus Pool, IReadOnlyList<SweepStatus> Sweeps)>? _reading;
    private long _readAt;

    /// <summary>What the pool holds, and where the sweeps stand that are not at their end; one that does not answer is left out.</summary>
    public Task<(PoolStatus Pool, IReadOnlyList<SweepStatus> Sweeps)> ReadAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_reading is null || _reading.IsFaulted || (_reading.IsCompleted && time.GetElapsedTime(_readAt) >= Fresh))
                (_reading, _readAt) = (Task.Run(ReadAsync, CancellationToken.None), time.GetTimestamp());
            return _reading.WaitAsync(cancellation);
        }
    }

    private async Task<(PoolStatus Pool, IReadOnlyList<SweepStatus> Sweeps)> ReadAsync()
    {
        var pool = grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).GetStatus();
        var found = new ConcurrentDictionary<int, SweepStatus>();
        await Parallel.ForEachAsync((await sweeps.ListIdsAsync()).Index(), Few, async (sweep, cancellation) =>
        {
            try
            {
                if (await grains.GetGrain<ISweepGrain>(sweep.Item).GetUnfinished(cancellation) is { } status)
                    found[sweep.Index] = status;
            }
            catch (Exception e)
            {
                LogNoAnswer(e, sweep.Item);
            }
        });
        return (await pool, [.. found.OrderBy(sweep => sweep.Key).Select(sweep => sweep.Value)]);
    }

    [LoggerMessage(LogLevel.Debug, "Sweep {Id} did not say what waits in it.")]
    private partial void LogNoAnswer(Exception failure, string id);
}
