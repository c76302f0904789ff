using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>The latest events of one activation of a sweep, for any number of watchers at their own pace. Used on the grain's scheduler only.</summary>
/// <param name="capacity">Events kept.</param>
/// <param name="start">Number before the first event: grows from activation to activation, so that numbers are never used twice.</param>
internal sealed class SweepEvents(int capacity, long start)
{
    private readonly Queue<SweepEvent> _kept = new();
    private TaskCompletionSource _added = NewSignal();

    /// <summary>Number of the latest event.</summary>
    public long Latest { get; private set; } = start;

    public void Add(Func<long, SweepEvent> create)
    {
        _kept.Enqueue(create(++Latest));
        if (_kept.Count > capacity)
            _kept.Dequeue();
        var added = _added;
        _added = NewSignal();
        added.SetResult();
    }

    /// <summary>Whether every event after the number is kept.</summary>
    public bool Reaches(long sequence) => sequence <= Latest && sequence >= Latest - _kept.Count;

    /// <summary>The kept events after the number, as they are now.</summary>
    public SweepEvent[] After(long sequence) => [.. _kept.SkipWhile(e => e.Sequence <= sequence)];

    /// <summary>Waits until there is an event after the number.</summary>
    public Task BeyondAsync(long sequence, CancellationToken cancellationToken) =>
        Latest > sequence ? Task.CompletedTask : _added.Task.WaitAsync(cancellationToken);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
