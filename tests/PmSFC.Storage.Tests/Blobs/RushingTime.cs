using Microsoft.Extensions.Time.Testing;

namespace PmSFC.Storage.Tests;

/// <summary>A clock that jumps to the end of every wait as soon as it begins, and remembers the waits.</summary>
public sealed class RushingTime : FakeTimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Add(dueTime);
        ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
