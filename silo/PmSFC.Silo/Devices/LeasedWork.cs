using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Silo.Telemetry;

namespace PmSFC.Silo.Devices;

/// <summary>
/// One leased item of a batch: its stop flag, which the device thread reads at every iteration, and its reports, which the asynchronous side makes.
/// The first outcome that is reported is the only one.
/// </summary>
public sealed class LeasedWork
{
    private readonly LeaseTerm _term;
    private readonly IWorkReports _reports;
    private int _stop;
    private int _settled;
    private JobProgress _progress = new()
    {
        Iteration = 0,
        Iterations = 0,
        Loss = double.NaN,
        IterationsPerSecond = 0,
    };

    internal LeasedWork(Lease lease, LeaseTerm term, string device, IWorkReports reports)
    {
        _term = term;
        Item = lease.Item;
        Token = lease.Token;
        Device = device;
        _reports = reports;
        Trace = WorkTrace.Begin(lease, device);
    }

    /// <summary>The work.</summary>
    public WorkItem Item { get; }

    /// <summary>The lease's fencing token.</summary>
    public long Token { get; }

    /// <summary>The device, for people.</summary>
    public string Device { get; }

    /// <summary>The attempt's spans.</summary>
    public WorkTrace Trace { get; }

    /// <summary>Whether to go on. Any thread may ask.</summary>
    public StopReason Stop => (StopReason)Volatile.Read(ref _stop);

    /// <summary>Whether another may have the work by now. Work whose lease is over by the silo's own clock is lost, though no renewal has told so yet.</summary>
    public bool IsLost
    {
        get
        {
            if (_term.IsOver)
                RequestStop(StopReason.Lost);
            return Stop == StopReason.Lost;
        }
    }

    /// <summary>Whether a result may be stored: somebody wants it, and the work is this worker's.</summary>
    public bool MayWrite => !IsLost && Stop != StopReason.Cancelled;

    /// <summary>Whether an outcome was reported.</summary>
    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    /// <summary>The failure that was reported, or null.</summary>
    public JobFailure? Failure { get; private set; }

    /// <summary>Asks for a stop; a weaker reason than one that was given changes nothing.</summary>
    public void RequestStop(StopReason reason)
    {
        for (int seen; (seen = Volatile.Read(ref _stop)) < (int)reason; )
            Interlocked.CompareExchange(ref _stop, (int)reason, seen);
    }

    /// <summary>How far the work is and what it costs, for the pool; null while no rate was measured.</summary>
    public MeasuredWork? Measured { get; private set; }

    /// <summary>Reports how far the work is; where its owner knows a newer lease, the work is lost.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="batch">Items of the batch that has the progress's rate.</param>
    public Task ProgressAsync(JobProgress progress, int batch)
    {
        if (progress.IterationsPerSecond > 0)
        {
            Measured = new MeasuredWork
            {
                Iteration = progress.Iteration,
                Iterations = progress.Iterations,
                SecondsPerIteration = 1 / (progress.IterationsPerSecond * batch),
            };
        }

        return _reports.ProgressAsync(this, _progress = progress);
    }

    /// <summary>Reports why the work makes no progress on its device, one sentence, or null where it goes on.</summary>
    public Task HoldUpAsync(string? reason) =>
        IsSettled
            ? Task.CompletedTask
            : _reports.ProgressAsync(this, _progress = _progress with { HeldUpBy = reason, IterationsPerSecond = 0 });

    /// <summary>Reports that the artifacts are stored.</summary>
    public Task SucceedAsync() => SettleAsync(WorkOutcome.Succeeded, null);

    /// <summary>Reports a failure of this attempt.</summary>
    public Task FailAsync(JobFailure failure) => SettleAsync(WorkOutcome.Failed, failure);

    /// <summary>Ends the attempt for the reason that stopped it.</summary>
    public Task YieldAsync() =>
        SettleAsync(
            Stop switch
            {
                StopReason.Lost => WorkOutcome.Lost,
                StopReason.Cancelled => WorkOutcome.Cancelled,
                _ => WorkOutcome.Released,
            },
            null
        );

    private async Task SettleAsync(WorkOutcome outcome, JobFailure? failure)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            return;
        Failure = failure;
        Trace.EndPhase(failure);
        try
        {
            await _reports.SettleAsync(this, outcome, failure);
        }
        finally
        {
            Trace.End(outcome, failure);
        }
    }
}
