namespace PmSFC.Grains.Devices;

/// <summary>
/// Tokens that grow over restarts: the pool's epoch, stored and counted up at every activation, in the upper half and a counter in the lower.
/// </summary>
internal sealed class FencingTokens(int epoch)
{
    private readonly long _first = (long)epoch << 32;
    private uint _count;

    // The beginning of 2000: whole seconds since then fit an epoch until 2068.
    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The epoch of a pool that has no record: later than any that was counted up to before the record was lost, since no pool is activated more often
    /// than once a second.
    /// </summary>
    public static int FirstEpoch(TimeProvider time) => (int)Math.Clamp((time.GetUtcNow() - Origin).TotalSeconds, 1, int.MaxValue - 1);

    public long Next() => _first + ++_count;

    public bool IsOfEarlierEpoch(long token) => token < _first;
}
