using System.Runtime.InteropServices;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Planning;

/// <summary>
/// The most bytes that native code holds at one time, over what it held at first (<see cref="NativeHeap"/>). It is looked at about every 0.2 ms.
/// </summary>
internal sealed class MemoryPeak : IDisposable
{
    private const uint Microseconds = 200;

    private readonly long _start;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private long _peak;

    /// <summary>Measures as often as it takes, but no more than 7 times, for the peak to come near the plan.</summary>
    /// <remarks>
    /// A sampled peak is too low where other processes have the cores. It is too high in one case alone, where libraries allocate what they keep for the
    /// life of the process, such as the scratch space of convolutions: so a first run that is too high does not count.
    /// </remarks>
    /// <param name="tolerance">By which share of what is taken a plan may be more or less.</param>
    /// <param name="measure">Gives the plan and the peak of one run.</param>
    public static (long Planned, long Taken) Measure(double tolerance, Func<(long Planned, long Taken)> measure)
    {
        const int MostRepeats = 5;
        var (planned, taken) = measure();
        if (planned < (1 - tolerance) * taken)
            taken = measure().Taken;
        for (var again = 0; again < MostRepeats && planned > (1 + tolerance) * taken; again++)
            taken = Math.Max(taken, measure().Taken);
        return (planned, taken);
    }

    public MemoryPeak()
    {
        // Finalizers free what earlier code has left behind.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _start = _peak = NativeHeap.InUse();
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The peak so far.</summary>
    public long Bytes => Interlocked.Read(ref _peak) - _start;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_stopped)
        {
            var held = NativeHeap.InUse();
            if (held > _peak)
                Interlocked.Exchange(ref _peak, held);
            _ = usleep(Microseconds);
        }
    }

    [DllImport("libc")]
    private static extern int usleep(uint microseconds);
}
