namespace PmSFC.Silo.Devices;

/// <summary>
/// Finds a device's thread that makes no iteration any more. Time in which the whole process stood still does not count, such as that of a machine that slept:
/// the watch stood still as well, which shows in how late it looks.
/// </summary>
internal sealed class HangWatch(DeviceThread thread, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(30),
        ShortestPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends with true when the thread has been silent for longer than the limit, and with false when cancelled.</summary>
    public async Task<bool> HangsAsync(CancellationToken cancellation)
    {
        var eighth = limit / 8;
        var period =
            eighth > LongestPeriod ? LongestPeriod
            : eighth < ShortestPeriod ? ShortestPeriod
            : eighth;
        using var timer = new PeriodicTimer(period, time);
        var (counted, looked) = (TimeSpan.Zero, time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                var now = time.GetTimestamp();
                counted = Count(counted, thread.Silence, time.GetElapsedTime(looked, now), period);
                if (counted > limit)
                    return true;
                looked = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }

        return false;
    }

    /// <summary>The silence that counts.</summary>
    /// <param name="before">That of the last look.</param>
    /// <param name="silence">How long the thread has given no sign of life.</param>
    /// <param name="sinceLook">How long ago the last look was.</param>
    /// <param name="period">How long ago it should have been.</param>
    internal static TimeSpan Count(TimeSpan before, TimeSpan silence, TimeSpan sinceLook, TimeSpan period)
    {
        // A busy machine looks late too, but not by much.
        var most = 2 * period;
        return silence <= sinceLook ? Shorter(silence, most) : before + Shorter(sinceLook, most);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
