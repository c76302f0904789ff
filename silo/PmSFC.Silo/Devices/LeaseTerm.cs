namespace PmSFC.Silo.Devices;

/// <summary>
/// For how long the leases of a batch hold by this silo's own clock. A process that was suspended for longer knows by it, before any answer of the pool,
/// that its work is another's.
/// </summary>
/// <param name="time">The silo's clock.</param>
/// <param name="duration">How long a lease lasts from its renewal.</param>
/// <param name="asked">The clock's timestamp of before the leases were asked for: they last at least <paramref name="duration"/> from then.</param>
internal sealed class LeaseTerm(TimeProvider time, TimeSpan duration, long asked)
{
    private long _asked = asked;

    public TimeSpan Duration => duration;

    public TimeSpan Left =>
        duration - time.GetElapsedTime(Interlocked.Read(ref _asked)) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>The leases were renewed.</summary>
    /// <param name="asked">The clock's timestamp of before the pool was asked.</param>
    public void Renew(long asked) => Interlocked.Exchange(ref _asked, asked);
}
