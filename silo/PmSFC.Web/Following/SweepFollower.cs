using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;
using PmSFC.Client.Sweeps;
using PmSFC.Web.Api;

namespace PmSFC.Web.Following;

/// <summary>
/// One watch of a sweep for all who look at it through this silo: how far it is, the latest state of each job, and its latest events as the bytes of an event stream, written once for all
/// readers.
/// </summary>
/// <remarks>
/// Events that catch a watcher up share a number, so a client that is cut off between them must not be told that number: they have no id, and the client asks with the one before.
/// </remarks>
internal sealed partial class SweepFollower
{
    private const int MostBytesAtOnce = 256 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2),
        Lag = TimeSpan.FromSeconds(1),
        Heartbeat = TimeSpan.FromSeconds(15);

    // In the world's time, whatever the clock says.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] HeartbeatFrame = ":\n\n"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly SweepClient _sweeps;
    private readonly JsonSerializerOptions _json;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly TaskCompletionSource _whole = NewSignal();
    private readonly Task _following;

    // All that follows is used under the lock.
    private readonly SweepProgress _progress;

    // The frame of each place from the first that is kept up to the next one, at the place modulo the length.
    private readonly (long Sequence, byte[] Bytes)[] _frames;
    private readonly Dictionary<string, PreparationStatus> _preparations = new(StringComparer.Ordinal);
    private TaskCompletionSource _added = NewSignal();
    private (long Version, Lazy<byte[]> Bytes)? _snapshot;
    private long _first;
    private long _next;
    private long _latest;
    private bool _ended;
    private bool _gathers;
    private long _lastUse;
    private int _watchers;

    // Every event after this number is among the frames.
    private long _reaches;

    // Whether the latest events catch up, and how many jobs they told of.
    private bool _catchesUp;
    private int _caughtUp;

    /// <summary>Begins to follow.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="sweeps">The cluster.</param>
    /// <param name="json">How answers are written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told why it ended too early.</param>
    /// <param name="stopping">Ends it.</param>
    /// <param name="kept">Events kept for those who come back.</param>
    public SweepFollower(
        PlannedSweep sweep,
        SweepClient sweeps,
        JsonSerializerOptions json,
        TimeProvider time,
        ILogger logger,
        CancellationToken stopping,
        int kept = 4096
    )
    {
        (Sweep, _sweeps, _json, _time, _logger, _frames) = (sweep, sweeps, json, time, logger, new (long, byte[])[kept]);
        _progress = new SweepProgress(sweep, new HashSet<string>(), time);
        _lastUse = time.GetTimestamp();
        CaughtUp = Task.WhenAny(_whole.Task, Task.Delay(Patience, time));
        _stopping = stopping.Register(Stop);
        _following = Task.Run(FollowAsync, CancellationToken.None);
    }

    /// <summary>The sweep.</summary>
    public PlannedSweep Sweep { get; }

    /// <summary>Ends when the state of each job is known, or after 2 s.</summary>
    public Task CaughtUp { get; }

    /// <summary>For how long nobody has asked; zero while somebody reads its events.</summary>
    public TimeSpan Idle
    {
        get
        {
            lock (_lock)
                return _watchers > 0 ? TimeSpan.Zero : _time.GetElapsedTime(_lastUse);
        }
    }

    /// <summary>Whether what it knows is what the sweep says.</summary>
    /// <param name="status">What the sweep says.</param>
    public bool Fits(SweepStatus status)
    {
        lock (_lock)
            return !_ended || (_progress.Finished && status.Finished && status.Sequence <= _latest);
    }

    /// <summary>Somebody asks.</summary>
    public void Use()
    {
        lock (_lock)
            _lastUse = _time.GetTimestamp();
    }

    /// <summary>Ends it: its readers are told nothing more.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>How far the sweep is.</summary>
    public ProgressAnswer Progress()
    {
        lock (_lock)
            return ProgressAnswer.Of(_progress);
    }

    /// <summary>The latest state of each of these jobs as the sweep tells it, or null while the state of some job of the sweep is not known.</summary>
    public IReadOnlyDictionary<string, JobStatus>? StatesOf(IEnumerable<string> jobIds)
    {
        lock (_lock)
            return _progress.Known == _progress.Jobs
                ? jobIds.ToDictionary(id => id, id => _progress.StatusOf(id)!, StringComparer.Ordinal)
                : null;
    }

    /// <summary>The events after a number as the bytes of an event stream, until the sweep is finished or this is stopped.</summary>
    /// <param name="after">The last that the reader has seen, or 0.</param>
    /// <param name="cancellation">The reader went away.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        lock (_lock)
            _watchers++;
        try
        {
            // One who comes from another silo may be ahead of this one for a moment.
            await UntilAsync(() => _latest >= after, Lag, cancellation);
            if (!Reaches(after) && after > 0)
            {
                await foreach (var (sequence, bytes) in BridgeAsync(after, cancellation))
                {
                    yield return bytes;
                    after = sequence;
                    if (Reaches(after))
                        break;
                }
            }

            var position = PositionAfter(after);
            while (true)
            {
                var (batch, added, ended) = Take(ref position);
                if (!batch.IsEmpty)
                    yield return batch;
                else if (ended)
                    yield break;
                else if (!await ComesAsync(added, cancellation))
                    yield return HeartbeatFrame;
            }
        }
        finally
        {
            lock (_lock)
                (_watchers, _lastUse) = (_watchers - 1, _time.GetTimestamp());
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in _sweeps.WatchAsync(Sweep.Id, cancellationToken: _stop.Token))
                Take(change);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody looks any more, or the silo stops.
        }
        catch (Exception e)
        {
            LogEnded(_logger, e, Sweep.Id);
        }
        finally
        {
            lock (_lock)
            {
                _ended = true;
                _added.TrySetResult();
            }

            await _stopping.DisposeAsync();
            _whole.TrySetResult();
        }
    }

    private void Take(SweepEvent change)
    {
        lock (_lock)
        {
            // A number that does not follow is that of events which catch up: what came before them is not complete.
            if (change.Sequence > _latest + 1 || change.Sequence < _latest)
            {
                _first = _next;
                (_catchesUp, _caughtUp, _reaches) = (true, 0, change.Sequence);
            }
            else if (change.Sequence == _latest + 1)
            {
                _catchesUp = false;
            }

            _latest = change.Sequence;
            _progress.Apply(change);
            if (change.Preparation is { } preparation)
                _preparations[preparation.Id] = preparation;
            if (_catchesUp && change.Job is not null)
                _caughtUp++;
            if (_progress.Known == _progress.Jobs)
                _whole.TrySetResult();
            Add(change.Sequence, FrameOf(change, _catchesUp ? null : change.Sequence));
        }
    }

    private void Add(long sequence, byte[] bytes)
    {
        if (_next - _first == _frames.Length)
            _reaches = Math.Max(_reaches, FrameAt(_first++).Sequence);
        FrameAt(_next++) = (sequence, bytes);
        if (_gathers)
            return;
        _gathers = true;
        _ = TellSoonAsync();
    }

    /// <summary>Wakes the readers. Each that wakes writes to its connection, which for hundreds of readers costs far more than the event.</summary>
    private async Task TellSoonAsync()
    {
        await Task.Delay(Gathering);
        lock (_lock)
        {
            _gathers = false;
            var added = _added;
            _added = NewSignal();
            added.TrySetResult();
        }
    }

    private ref (long Sequence, byte[] Bytes) FrameAt(long place) => ref _frames[place % _frames.Length];

    private bool Reaches(long after)
    {
        lock (_lock)
            return after >= _reaches && after <= _latest;
    }

    /// <summary>The place of the first frame after a number, or -1 where the frames do not reach back to it.</summary>
    private long PositionAfter(long after)
    {
        lock (_lock)
        {
            if (after < _reaches || after > _latest)
                return -1;
            var position = _next;
            while (position > _first && FrameAt(position - 1).Sequence > after)
                position--;
            // The end is told to one who has seen it too, so that he knows that it is one.
            return position == _next && position > _first && _progress.Finished ? position - 1 : position;
        }
    }

    /// <summary>What follows a place, and the place after that.</summary>
    private (ReadOnlyMemory<byte> Batch, Task Added, bool Ended) Take(ref long position)
    {
        Lazy<byte[]> snapshot;
        lock (_lock)
        {
            if (position >= _first)
            {
                // Most of the time there is one, which all readers share.
                if (position == _next - 1)
                    return (FrameAt(position++).Bytes, _added.Task, _ended);
                var batch = new ArrayBufferWriter<byte>();
                while (position < _next && batch.WrittenCount < MostBytesAtOnce)
                    batch.Write(FrameAt(position++).Bytes);
                return (batch.WrittenMemory, _added.Task, _ended);
            }

            position = _next;
            if (_snapshot is not { Version: var version } || version != _next)
                _snapshot = (_next, Snapshot());
            snapshot = _snapshot!.Value.Bytes;
        }

        // Not under the lock: that of a large sweep takes a while.
        return (snapshot.Value, Task.CompletedTask, false);
    }

    /// <summary>The latest state of everything, as events.</summary>
    private Lazy<byte[]> Snapshot()
    {
        var at = _time.GetUtcNow();
        var events = _preparations
            .Values.Select(preparation => new SweepEvent
            {
                Sequence = _latest,
                At = at,
                Preparation = preparation,
            })
            .Concat(
                Sweep
                    .JobIds.Distinct(StringComparer.Ordinal)
                    .Select(_progress.StatusOf)
                    .OfType<JobStatus>()
                    .Select(job => new SweepEvent
                    {
                        Sequence = _latest,
                        At = at,
                        Job = job,
                    })
            )
            .ToList();
        if (_progress.Finished || _progress.Reason is not null)
            events.Add(
                new SweepEvent
                {
                    Sequence = _latest,
                    At = at,
                    Finished = _progress.Finished,
                    Reason = _progress.Reason,
                }
            );
        // While this is itself being caught up, more of the same number follows.
        long? number = events.Count > 0 && !(_catchesUp && _caughtUp < _progress.Jobs) ? _latest : null;
        return new Lazy<byte[]>(() =>
        {
            var bytes = new ArrayBufferWriter<byte>();
            foreach (var change in events)
                bytes.Write(FrameOf(change, change == events[^1] ? number : null));
            return bytes.WrittenSpan.ToArray();
        });
    }

    /// <summary>An event as bytes. A job that several rows share is told once for each, and the number stands at the last.</summary>
    private byte[] FrameOf(SweepEvent change, long? number)
    {
        JobRow?[] rows = change.Job is { } job
            ? [.. Sweep.PlacesOf(job.Id).Select(place => new JobRow(Sweep.CellAt(place).Label, Sweep.ImageAt(place).Name, job))]
            : [null];
        var bytes = new ArrayBufferWriter<byte>(512);
        for (var row = 0; row < rows.Length; row++)
        {
            bytes.Write("data: "u8);
            bytes.Write(
                JsonSerializer.SerializeToUtf8Bytes(
                    new ChangeAnswer(change.At, rows[row], change.Preparation, change.Reason, change.Finished),
                    _json
                )
            );
            if (row == rows.Length - 1 && number is { } id)
                bytes.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\nid: {id}")));
            bytes.Write("\n\n"u8);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>What the cluster still keeps of the events between a number and the first frame; nothing where it keeps none.</summary>
    private async IAsyncEnumerable<(long Sequence, byte[] Bytes)> BridgeAsync(
        long after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        await using var changes = _sweeps.WatchAsync(Sweep.Id, after, either.Token).GetAsyncEnumerator(either.Token);
        while (await IsMoreAsync(changes, either.Token) && changes.Current.Sequence == after + 1)
        {
            after++;
            yield return (after, FrameOf(changes.Current, after));
        }
    }

    private static async ValueTask<bool> IsMoreAsync(IAsyncEnumerator<SweepEvent> changes, CancellationToken cancellation)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (condition() || _ended)
                    return;
                added = _added.Task;
            }

            var left = patience - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return;
            await added.WaitAsync(left, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> ComesAsync(Task added, CancellationToken cancellation)
    {
        await added.WaitAsync(Heartbeat, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return added.IsCompleted;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "Sweep {Id} is not followed any more, until somebody asks for it again.")]
    private static partial void LogEnded(ILogger logger, Exception failure, string id);
}
