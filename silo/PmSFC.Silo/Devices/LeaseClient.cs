using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Silo.Devices;

/// <summary>
/// A worker's leases: takes them, renews them, reports to the grains that own the work, and returns them. A grain that cannot be reached delays
/// nothing but its own report; leases that could not be renewed in time count as lost.
/// </summary>
internal sealed partial class LeaseClient(IGrainFactory grains, string workerId, string device, TimeProvider time, ILogger logger)
    : IWorkReports,
        IDisposable
{
    // A silo that leaves must be gone in time: what it cannot tell by then, the end of its leases tells.
    private static readonly TimeSpan DrainingPatience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _patience = new(Timeout.InfiniteTimeSpan, time);

    // Asked for again each time: while no silo of the cluster hosts grains, there is none to be had.
    private IDevicePoolGrain Pool => grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default);

    /// <summary>From now on all calls together may take a while, and then none waits any more.</summary>
    public void Drain() => _patience.CancelAfter(DrainingPatience);

    /// <inheritdoc/>
    public void Dispose() => _patience.Dispose();

    /// <summary>Asks for work; none where the pool has none or cannot be reached.</summary>
    public async Task<ImmutableArray<Lease>> TakeAsync(LeaseRequest request)
    {
        try
        {
            return await Pool.Lease(request).WaitAsync(_patience.Token);
        }
        catch (ArgumentException)
        {
            LogNoGrains(device);
            return [];
        }
        catch (Exception failure)
        {
            LogLeaseFailed(failure, device);
            return [];
        }
    }

    /// <summary>Opens leased work and tells its owners; work that an owner gave to another meanwhile is lost from the start.</summary>
    public async Task<IReadOnlyList<LeasedWork>> OpenAsync(ImmutableArray<Lease> leases, LeaseTerm term)
    {
        LeasedWork[] works = [.. leases.Select(lease => new LeasedWork(lease, term, device, this))];
        await Task.WhenAll(
            works.Select(async work =>
            {
                Count("running", null);
                await ReportAsync(work, owner => owner.Started(work.Token, device));
            })
        );
        return works;
    }

    /// <summary>Renews, every third of the leases' time, what is not settled, until cancelled.</summary>
    public async Task RenewAsync(IReadOnlyList<LeasedWork> works, LeaseTerm term, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(term.Duration / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                LeasedWork[] held = [.. works.Where(work => !work.IsSettled && work.Stop < StopReason.Cancelled)];
                if (held.Length == 0)
                    continue;
                var asked = time.GetTimestamp();
                try
                {
                    var verdicts = await Pool.Renew(workerId, [.. held.Select(Hold)]).WaitAsync(term.Left, time, cancellation);
                    foreach (var (work, verdict) in held.Zip(verdicts))
                        Apply(work, verdict);
                    term.Renew(asked);
                }
                catch (Exception failure) when (!cancellation.IsCancellationRequested)
                {
                    LogRenewalFailed(failure, device);
                    if (!term.IsOver)
                        continue;
                    foreach (var work in held)
                        work.RequestStop(StopReason.Lost);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { }
    }

    /// <summary>The worker leaves the pool.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            await Pool.Leave(workerId).WaitAsync(_patience.Token);
        }
        catch (Exception failure)
        {
            LogLeaveFailed(failure, device);
        }
    }

    /// <inheritdoc/>
    public Task ProgressAsync(LeasedWork work, JobProgress progress) =>
        work.Stop >= StopReason.Cancelled ? Task.CompletedTask : ReportAsync(work, owner => owner.Progressed(work.Token, progress));

    /// <inheritdoc/>
    public async Task SettleAsync(LeasedWork work, WorkOutcome outcome, JobFailure? failure)
    {
        work.Trace.Within(() => Count(outcome.ToString().ToLowerInvariant(), failure));
        await (
            outcome switch
            {
                WorkOutcome.Succeeded => ReportAsync(work, owner => owner.Succeeded(work.Token)),
                WorkOutcome.Failed => ReportAsync(work, owner => owner.Failed(work.Token, failure!)),
                WorkOutcome.Released => ReportAsync(work, owner => owner.Released(work.Token)),
                _ => Task.CompletedTask,
            }
        );
        if (failure is null)
            LogSettled(work.Trace.Logger(logger), work.Item.Id, outcome);
        else
            LogFailed(work.Trace.Logger(logger), work.Item.Id, failure.Name, failure.Message);
        if (outcome == WorkOutcome.Lost)
            return;
        try
        {
            await Pool.Return([Hold(work)]).WaitAsync(_patience.Token);
        }
        catch (Exception e)
        {
            LogReturnFailed(work.Trace.Logger(logger), e, work.Item.Id);
        }
    }

    private static LeaseHold Hold(LeasedWork work) => new(work.Item.Id, work.Token) { Measured = work.Measured };

    private static void Apply(LeasedWork work, LeaseVerdict verdict)
    {
        if (verdict == LeaseVerdict.Lost)
            work.RequestStop(StopReason.Lost);
        if (verdict == LeaseVerdict.Cancelled)
            work.RequestStop(StopReason.Cancelled);
    }

    private static void Count(string state, JobFailure? failure)
    {
        var name = failure?.Name.ToString();
        if (name is null)
            PmSFCMetrics.Jobs.Add(1, new KeyValuePair<string, object?>(PmSFCMetrics.StateAttribute, state));
        else
            PmSFCMetrics.Jobs.Add(1, new(PmSFCMetrics.StateAttribute, state), new(PmSFCMetrics.FailureAttribute, name));
    }

    private async Task ReportAsync(LeasedWork work, Func<IWorkOwner, Task<bool>> report)
    {
        // It flows with the calls of this method alone.
        if (work.Trace.TraceId is { } trace)
            RequestContext.Set(PmSFCTelemetry.TraceIdEntry, trace);
        try
        {
            if (!await report(work.Item.OwnerIn(grains)).WaitAsync(_patience.Token))
                await HearWhyAsync(work);
        }
        catch (Exception failure)
        {
            LogReportFailed(work.Trace.Logger(logger), failure, work.Item.Id);
        }
    }

    /// <summary>The owner refuses a report: the work is lost, unless the queue knows that it was cancelled, which its next renewal would tell later.</summary>
    private async Task HearWhyAsync(LeasedWork work)
    {
        try
        {
            if (!work.IsSettled)
                Apply(work, (await Pool.Renew(workerId, [Hold(work)]).WaitAsync(_patience.Token))[0]);
        }
        finally
        {
            if (work.Stop < StopReason.Cancelled)
                work.RequestStop(StopReason.Lost);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Device} waits for a silo that hosts grains; it will ask again.")]
    private partial void LogNoGrains(string device);

    [LoggerMessage(LogLevel.Warning, "{Device} cannot ask the device pool for work; it will ask again.")]
    private partial void LogLeaseFailed(Exception failure, string device);

    [LoggerMessage(LogLevel.Warning, "{Device} cannot renew its leases; it will try again until they expire.")]
    private partial void LogRenewalFailed(Exception failure, string device);

    [LoggerMessage(LogLevel.Warning, "{Device} cannot tell the device pool that it leaves; its leases will expire.")]
    private partial void LogLeaveFailed(Exception failure, string device);

    [LoggerMessage(LogLevel.Warning, "The lease of {Item} cannot be returned; it will expire.")]
    private static partial void LogReturnFailed(ILogger logger, Exception failure, string item);

    [LoggerMessage(LogLevel.Warning, "The owner of {Item} cannot be told how it stands; its lease will tell.")]
    private static partial void LogReportFailed(ILogger logger, Exception failure, string item);

    [LoggerMessage(LogLevel.Information, "{Item}: {Outcome}")]
    private static partial void LogSettled(ILogger logger, string item, WorkOutcome outcome);

    [LoggerMessage(LogLevel.Information, "{Item}: Failed ({Failure}): {Message}")]
    private static partial void LogFailed(ILogger logger, string item, FailureName failure, string message);
}
