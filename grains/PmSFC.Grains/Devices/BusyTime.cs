namespace PmSFC.Grains.Devices;

/// <summary>For which share of the last minute a device held work.</summary>
/// <param name="began">When it first asked for work.</param>
internal sealed class BusyTime(DateTimeOffset began)
{
    /// <summary>The time that counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<(DateTimeOffset From, DateTimeOffset To)> _ended = new();
    private DateTimeOffset? _since;

    /// <summary>Takes note of how many leases it holds from now on.</summary>
    public void Holds(int leases, DateTimeOffset now)
    {
        if (leases > 0)
        {
            _since ??= now;
        }
        else if (_since is { } since)
        {
            _ended.Enqueue((since, now));
            _since = null;
        }

        while (_ended.TryPeek(out var oldest) && oldest.To <= now - Window)
            _ended.Dequeue();
    }

    /// <summary>The share, 0 to 1, of the last minute or of the time since it first asked for work.</summary>
    public double ShareAt(DateTimeOffset now)
    {
        var from = began > now - Window ? began : now - Window;
        if (now <= from)
            return _since is null ? 0 : 1;
        var busy = _ended.Sum(span => SecondsOf(span.From, span.To)) + (_since is { } since ? SecondsOf(since, now) : 0);
        return Math.Clamp(busy / (now - from).TotalSeconds, 0, 1);

        double SecondsOf(DateTimeOffset start, DateTimeOffset end) => Math.Max(0, (end - (start > from ? start : from)).TotalSeconds);
    }
}
