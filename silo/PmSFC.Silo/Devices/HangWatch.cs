namespace PmSFC.Silo.Devices;

/// <summary>Finds a device's thread that makes no iteration any more.</summary>
internal sealed class HangWatch(DeviceThread thread, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(30),
        ShortestPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends with true when the thread has been silent for longer than the limit, and with false when cancelled.</summary>
    public async Task<bool> HangsAsync(CancellationToken cancellation)
    {
        var period = limit / 8;
        using var timer = new PeriodicTimer(
            period > LongestPeriod ? LongestPeriod
                : period < ShortestPeriod ? ShortestPeriod
                : period,
            time
        );
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                if (thread.Silence > limit)
                    return true;
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }

        return false;
    }
}
