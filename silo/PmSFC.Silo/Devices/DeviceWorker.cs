using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Silo.Failures;

namespace PmSFC.Silo.Devices;

/// <summary>
/// Keeps one device busy: asks the pool for work, runs it on the device's thread, and keeps leases and owners informed meanwhile. When the silo stops,
/// work stops at the next iteration, is checkpointed and released.
/// </summary>
/// <remarks>
/// A device that hangs, or that is lost to the process, is given up together with its leases, so that its jobs go on elsewhere: each has lost a worker. A
/// hang shows in the silo's health; a lost device ends the silo with a <see cref="DeviceLostException"/>.
/// </remarks>
/// <param name="options">The device.</param>
/// <param name="grains">The cluster.</param>
/// <param name="workloads">What it can work on.</param>
/// <param name="health">Is told of a device that is given up.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what happens.</param>
/// <param name="leaving">Set when the silo begins to stop, so that all of its devices drain at the same time: hosted services stop one after the other.</param>
public sealed partial class DeviceWorker(
    DeviceOptions options,
    IGrainFactory grains,
    IEnumerable<IWorkload> workloads,
    DeviceHealth health,
    TimeProvider time,
    ILogger<DeviceWorker> logger,
    CancellationToken leaving = default
) : BackgroundService
{
    private readonly string _workerId = $"{Environment.MachineName}-{Guid.NewGuid():n}";
    private readonly IWorkload[] _workloads = [.. workloads];
    private bool _givenUp;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, leaving);
        await RunAsync(stopping.Token);
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var device = new Device(options, time);
        using var leases = new LeaseClient(grains, _workerId, device.Name, time, logger);
        await using var draining = stoppingToken.Register(leases.Drain);
        var request = new LeaseRequest
        {
            WorkerId = _workerId,
            Device = device.Name,
            BytesAvailable = options.ResolveMemoryBytes(),
            MaximumItems = options.MaximumBatch,
        };
        LogStarted(device.Name, MemorySize.Format(request.BytesAvailable));
        var gauging = new BusyGauge(device, time).RunAsync(stoppingToken);
        var pause = options.ShortestPoll;
        while (!stoppingToken.IsCancellationRequested)
        {
            var asked = time.GetTimestamp();
            var taken = await leases.TakeAsync(request);
            var worked = taken.Length > 0 && await WorkAsync(device, leases, taken, asked, stoppingToken);
            if (_givenUp)
                return;
            if (worked)
            {
                pause = options.ShortestPoll;
                continue;
            }

            await PauseAsync(pause, stoppingToken);
            pause = pause * 2 < options.LongestPoll ? pause * 2 : options.LongestPoll;
        }

        await gauging;
        await leases.LeaveAsync();
        await device.DisposeAsync();
        LogStopped(device.Name);
    }

    /// <returns>False where the store was away, so that there is no point in asking for more at once.</returns>
    private async Task<bool> WorkAsync(
        Device device,
        LeaseClient leases,
        ImmutableArray<Lease> taken,
        long asked,
        CancellationToken draining
    )
    {
        var term = new LeaseTerm(time, taken[0].Duration, asked);
        var works = await leases.OpenAsync(taken, term);
        using var renewing = new CancellationTokenSource();
        var renewals = leases.RenewAsync(works, term, renewing.Token);
        await using var drain = draining.Register(() =>
        {
            foreach (var work in works)
                work.RequestStop(StopReason.Draining);
        });
        JobFailure? failure = null;
        try
        {
            var workload = _workloads.FirstOrDefault(candidate => candidate.Accepts(works[0].Item))
                ?? throw new NotSupportedException($"This silo has no workload for the work item {works[0].Item.Id}.");
            using var ended = new CancellationTokenSource();
            var running = workload.RunAsync(new WorkBatch(device, works), draining);
            var hanging = new HangWatch(device.Thread, options.HangLimit, time).HangsAsync(ended.Token);
            if (await Task.WhenAny(running, hanging) == hanging)
            {
                await GiveUpAsync(
                    works,
                    leases,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{device.Name} has made no iteration for more than {options.HangLimit.TotalSeconds:0.#} s; restart the silo."
                    )
                );
                await renewing.CancelAsync();
                return false;
            }

            await ended.CancelAsync();
            await running;
        }
        catch (Exception e) when (DeviceLoss.IsCertain(e))
        {
            var problem = $"{device.Name} is lost to this process, which has to be restarted ({e.Message.Split('\n', 2)[0].TrimEnd('.')}).";
            await GiveUpAsync(works, leases, problem);
            await renewing.CancelAsync();
            throw new DeviceLostException(problem, e);
        }
        catch (Exception e)
        {
            failure = FailureNaming.Name(e);
            if (failure.Name == FailureName.Bug)
                LogBug(e, device.Name);
            else
                LogFailed(device.Name, failure.Name, failure.Message);
        }

        foreach (var work in works)
            await EndAsync(work, failure);
        await renewing.CancelAsync();
        await renewals;
        return failure?.Name != FailureName.StoreUnavailable && works.All(work => work.Failure?.Name != FailureName.StoreUnavailable);
    }

    /// <summary>Lets the work go to others, and sees to it that nothing of it is written should the thread come back.</summary>
    private async Task GiveUpAsync(IReadOnlyList<LeasedWork> works, LeaseClient leases, string problem)
    {
        LogDeviceLost(problem);
        _givenUp = true;
        health.Fail(problem);
        foreach (var work in works)
            work.RequestStop(StopReason.Lost);
        await leases.LeaveAsync();
    }

    private static Task EndAsync(LeasedWork work, JobFailure? failure) =>
        work.Stop switch
        {
            StopReason.Lost or StopReason.Cancelled => work.YieldAsync(),
            StopReason.Draining when failure is null or { Name: FailureName.StoreUnavailable } => work.YieldAsync(),
            _ => work.FailAsync(failure ?? NoOutcome(work)),
        };

    private static JobFailure NoOutcome(LeasedWork work) =>
        new()
        {
            Name = FailureName.Bug,
            Message = $"The workload ended without an outcome for {work.Item.Id}; please report this with the silo's log.",
        };

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(pause, time, stoppingToken);
        }
        catch (OperationCanceledException) { }
    }

    [LoggerMessage(LogLevel.Information, "{Device} takes work, {Memory} at a time.")]
    private partial void LogStarted(string device, string memory);

    [LoggerMessage(LogLevel.Information, "{Device} has left.")]
    private partial void LogStopped(string device);

    [LoggerMessage(LogLevel.Critical, "{Problem} Its jobs go on elsewhere.")]
    private partial void LogDeviceLost(string problem);

    [LoggerMessage(LogLevel.Error, "A batch on {Device} ended with an error that the product did not foresee.")]
    private partial void LogBug(Exception failure, string device);

    [LoggerMessage(LogLevel.Warning, "A batch on {Device} failed: {Name}: {Message}")]
    private partial void LogFailed(string device, FailureName name, string message);
}
