using System.Collections.Concurrent;

namespace PmSFC.Silo.Devices;

/// <summary>
/// The one thread on which a device's tensor code runs, one piece after another. It keeps minutes of synchronous work off the thread pool, and
/// tensors, whose dispose scopes belong to a thread, in one place.
/// </summary>
public sealed class DeviceThread : IDisposable
{
    private const long Idle = -1;

    private readonly BlockingCollection<Action> _work = [];
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _busyTicks;
    private long _workingSince = Idle;
    private long _beat;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The thread's name in a debugger.</param>
    /// <param name="time">Measures <see cref="Busy"/>.</param>
    public DeviceThread(string name, TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Work) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>How long the thread has worked in all.</summary>
    public TimeSpan Busy
    {
        get
        {
            var since = Interlocked.Read(ref _workingSince);
            var now = since == Idle ? TimeSpan.Zero : _time.GetElapsedTime(since);
            return TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks)) + now;
        }
    }

    /// <summary>How long the thread has worked since its last sign of life; zero while it is idle. Any thread may ask.</summary>
    public TimeSpan Silence
    {
        get
        {
            if (Interlocked.Read(ref _workingSince) == Idle)
                return TimeSpan.Zero;
            return _time.GetElapsedTime(Interlocked.Read(ref _beat));
        }
    }

    /// <summary>A sign of life of the work that runs, once an iteration.</summary>
    public void Beat() => Interlocked.Exchange(ref _beat, _time.GetTimestamp());

    /// <summary>Runs synchronous code on the thread; its exception becomes the task's.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    /// <summary>As <see cref="RunAsync{T}"/>, for code that returns nothing.</summary>
    public Task RunAsync(Action work) =>
        RunAsync(() =>
        {
            work();
            return true;
        });

    /// <summary>Ends the thread after the work that was given to it.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            var started = _time.GetTimestamp();
            Interlocked.Exchange(ref _beat, started);
            Interlocked.Exchange(ref _workingSince, started);
            work();
            Interlocked.Exchange(ref _workingSince, Idle);
            Interlocked.Add(ref _busyTicks, _time.GetElapsedTime(started).Ticks);
        }
    }
}
