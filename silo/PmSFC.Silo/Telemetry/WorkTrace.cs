using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Telemetry;

/// <summary>
/// The spans of one attempt at an item: a root that links to the sweep, and one phase after another below it. Parents are given explicitly, so the
/// device thread and the asynchronous side may each begin phases; they never do so at the same time. A phase may be ended by both: the first one does.
/// </summary>
public sealed class WorkTrace
{
    private readonly Activity? _root;
    private Activity? _phase;

    private WorkTrace(Activity? root) => _root = root;

    /// <summary>Context of the root span.</summary>
    public ActivityContext Context => _root?.Context ?? default;

    /// <summary>Id of the trace, 32 lower-case hexadecimal digits, or null where it goes nowhere.</summary>
    public string? TraceId => _root is { Recorded: true } ? _root.TraceId.ToHexString() : null;

    /// <summary>Begins the root span of an attempt whose lease was just given. It begins when the wait for the lease did, which is its first phase.</summary>
    public static WorkTrace Begin(Lease lease, string device)
    {
        // By this machine's clock: the pool's may differ, and phases that overlap would tell nothing.
        var queued = DateTimeOffset.UtcNow - lease.Waited;
        var item = lease.Item;
        ActivityLink[]? links = ActivityContext.TryParse(item.Request.TraceParent, null, isRemote: true, out var sweep)
            ? [new(sweep)]
            : null;
        var name = item.Kind switch
        {
            WorkKind.Discovery => PmSFCTelemetry.DiscoverySpan,
            WorkKind.Training => PmSFCTelemetry.TrainingSpan,
            WorkKind.Preparation => PmSFCTelemetry.PreparationSpan,
            _ => PmSFCTelemetry.JobSpan,
        };
        var root = Start(name, default, links, queued);
        root?.SetTag("pmsfc.id", item.Id)
            .SetTag("pmsfc.sweep.id", item.Request.SweepId)
            .SetTag("pmsfc.method", item.Method)
            .SetTag(PmSFCMetrics.DeviceAttribute, device)
            .SetTag("pmsfc.lease.token", lease.Token);
        if (root is not null)
            Stop(Start(PmSFCTelemetry.QueueSpan, root.Context, null, queued));
        return new WorkTrace(root);
    }

    /// <summary>Ends the phase that runs and begins another.</summary>
    public Activity? Phase(string name)
    {
        EndPhase();
        return _phase = _root is null ? null : Start(name, _root.Context, null);
    }

    /// <summary>Ends the phase that runs, if any.</summary>
    public void EndPhase()
    {
        Stop(Interlocked.Exchange(ref _phase, null));
    }

    /// <summary>Ends a phase with an attribute that is known only now, unless it has ended: another may run by then.</summary>
    public void EndPhase(string name, string attribute, int value)
    {
        var phase = Volatile.Read(ref _phase);
        if (phase is null || phase.OperationName != name || Interlocked.CompareExchange(ref _phase, null, phase) != phase)
            return;
        phase.SetTag(attribute, value);
        Stop(phase);
    }

    /// <summary>Ends the phase that runs, if any, which failed where there is a failure.</summary>
    public void EndPhase(JobFailure? failure)
    {
        var phase = Interlocked.Exchange(ref _phase, null);
        if (failure is not null)
            phase?.SetStatus(ActivityStatusCode.Error, failure.Message);
        Stop(phase);
    }

    /// <summary>A logger whose lines bear the ids of the phase that runs then, else of the attempt.</summary>
    public ILogger Logger(ILogger logger) => new TracedLogger(logger, this);

    /// <summary>Does something while the phase that runs, else the attempt, is the current span, so that what it logs and counts bears the span's ids.</summary>
    public void Within(Action action)
    {
        var ambient = Activity.Current;
        if ((_phase ?? _root) is { IsStopped: false } span)
            Activity.Current = span;
        try
        {
            action();
        }
        finally
        {
            Activity.Current = ambient;
        }
    }

    /// <summary>Ends the attempt, whose phases have ended.</summary>
    public void End(WorkOutcome outcome, JobFailure? failure)
    {
        if (_root is null)
            return;
        _root.SetTag("pmsfc.outcome", outcome.ToString().ToLowerInvariant());
        if (failure is not null)
        {
            _root.SetTag(PmSFCMetrics.FailureAttribute, failure.Name.ToString());
            _root.SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        Stop(_root);
    }

    // An activity that starts takes the ambient one for its parent and becomes it; spans of a batch overlap, so neither is wanted.
    private static Activity? Start(string name, ActivityContext parent, ActivityLink[]? links, DateTimeOffset begin = default)
    {
        var ambient = Activity.Current;
        Activity.Current = null;
        try
        {
            return PmSFCTelemetry.Activities.StartActivity(name, ActivityKind.Internal, parent, tags: null, links, begin);
        }
        finally
        {
            Activity.Current = ambient;
        }
    }

    private static void Stop(Activity? activity)
    {
        var ambient = Activity.Current;
        activity?.Dispose();
        Activity.Current = ambient;
    }
}
