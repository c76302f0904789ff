namespace PmSFC.Grains.Devices;

/// <summary>
/// Tokens that grow over restarts: the pool's epoch, stored and counted up at every activation, in the upper half and a counter in the lower.
/// </summary>
internal sealed class FencingTokens(int epoch)
{
    private readonly long _first = (long)epoch << 32;
    private uint _count;

    public long Next() => _first + ++_count;

    public bool IsOfEarlierEpoch(long token) => token < _first;
}
