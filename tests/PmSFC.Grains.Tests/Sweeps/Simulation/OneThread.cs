namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>Keeps continuations on the thread that it is made on, until they are run: a history is the same again.</summary>
internal sealed class OneThread : SynchronizationContext, IDisposable
{
    private readonly SynchronizationContext? _before = Current;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public OneThread() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    /// <summary>Runs what can run.</summary>
    public void Run()
    {
        while (_posted.TryDequeue(out var next))
            next.Callback(next.State);
    }

    public void Dispose() => SetSynchronizationContext(_before);
}
