using System.Collections.Concurrent;
using System.Diagnostics;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Telemetry;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>The phases of an attempt, which the device's thread and the asynchronous side end and begin.</summary>
public sealed class WorkTraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private readonly WorkTrace _trace;

    public WorkTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PmSFCTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        var item = Works.Item(Works.Spec("image"));
        _trace = WorkTrace.Begin(
            new Lease
            {
                Item = item,
                Token = 1,
                ExpiresAt = DateTimeOffset.MaxValue,
                Duration = TimeSpan.FromDays(1),
            },
            "test device"
        );
    }

    private IEnumerable<(string Name, object? Last)> Ended =>
        _ended
            .Where(span => span.TraceId == _trace.Context.TraceId && span.OperationName != "queue")
            .Select(span => (span.OperationName, span.GetTagItem("last")));

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void EndPhase_OfAName_EndsItWithTheAttribute()
    {
        _trace.Phase("optimize");

        _trace.EndPhase("optimize", "last", 30);

        Ended.ShouldBe([("optimize", 30)]);
    }

    [Fact]
    public void EndPhase_OfANameThatHasEnded_LeavesTheOneThatRuns()
    {
        _trace.Phase("optimize");
        _trace.Phase("store");

        _trace.EndPhase("optimize", "last", 30);
        Ended.ShouldBe([("optimize", null)]);

        _trace.EndPhase();
        Ended.ShouldBe([("optimize", null), ("store", null)]);
    }

    [Fact]
    public void EndPhase_ByTwoAtATime_EndsItOnce()
    {
        for (var i = 0; i < 200; i++)
        {
            _trace.Phase("optimize");
            Parallel.Invoke(() => _trace.EndPhase("optimize", "last", 30), () => _trace.EndPhase((JobFailure?)null));
        }

        Ended.Count().ShouldBe(200);
    }
}
