using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Grains.Devices;

/// <summary>
/// The queue that devices pull from. It never waits for an owner within a call, so owners may wait for it within theirs.
/// </summary>
internal sealed partial class DevicePoolGrain(
    [PersistentState("pool")] IPersistentState<DevicePoolRecord> state,
    IOptions<DevicePoolOptions> options,
    TimeProvider time,
    ILogger<DevicePoolGrain> logger
) : Grain, IDevicePoolGrain
{
    private static readonly KeyValuePair<string, object?> Silent = new(PmSFCMetrics.DeviceLossAttribute, "silent"),
        GaveUp = new(PmSFCMetrics.DeviceLossAttribute, "gave-up");

    private readonly DevicePoolOptions _options = options.Value;
    private readonly DeviceRegistry _devices = new(options.Value.DeviceTimeout, time);
    private WorkQueue _queue = null!;

    // The largest device that the owners of all that waits know of; one whose item came since then was told in the answer.
    private long? _toldAllOf;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        state.State = state.State with { Epoch = state.State.Epoch > 0 ? state.State.Epoch + 1 : FencingTokens.FirstEpoch(time) };
        await state.WriteStateAsync(cancellationToken);
        _queue = new WorkQueue(_options, time, new FencingTokens(state.State.Epoch));
        this.RegisterGrainTimer(CheckAsync, new GrainTimerCreationOptions(_options.CheckPeriod, _options.CheckPeriod) { KeepAlive = true });
        LogActivated(this.GetPrimaryKeyString(), state.State.Epoch);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<EnqueueOutcome>> Enqueue(ImmutableArray<WorkItem> items) =>
        Task.FromResult(ImmutableArray.CreateRange(items, Enqueue));

    /// <inheritdoc/>
    public Task Withdraw(ImmutableArray<string> itemIds)
    {
        foreach (var id in itemIds)
            _queue.Withdraw(id);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<Lease>> Lease(LeaseRequest request)
    {
        ArgumentException.ThrowIfNullOrEmpty(request.WorkerId);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaximumItems, 1);
        if (_devices.RecordRequest(request))
            LogConnected(request.Device, request.WorkerId);
        var leases = _queue.Take(request);
        NoteUse(request.WorkerId);
        if (leases.Length > 0)
            LogLeased(leases.Length, request.Device, leases[0].Item.BatchKey);
        return Task.FromResult(leases);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<LeaseVerdict>> Renew(string workerId, ImmutableArray<LeaseHold> holds)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerId);
        _devices.RecordRenewal(workerId);
        var verdicts = ImmutableArray.CreateRange(holds, hold => _queue.Renew(workerId, hold));
        NoteUse(workerId);
        return Task.FromResult(verdicts);
    }

    /// <inheritdoc/>
    public Task Return(ImmutableArray<LeaseHold> holds)
    {
        foreach (var hold in holds)
            _queue.Return(hold);
        NoteUse();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Leave(string workerId)
    {
        _devices.Remove(workerId);
        var expired = _queue.Leave(workerId);
        // One that drains returns its leases first.
        if (expired.Length > 0)
            PmSFCMetrics.DevicesLost.Add(1, GaveUp);
        TellExpired(expired);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<PoolStatus> GetStatus(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var held = _queue.Leased.ToLookup(lease => lease.WorkerId);
        return Task.FromResult(
            new PoolStatus
            {
                Queued = _queue.Waiting.Count,
                Leased = _queue.Leased.Count,
                OldestLease = _queue.Leased.Select(l => now - l.Since).DefaultIfEmpty().Max(),
                Devices =
                [
                    .. from device in _devices.Devices
                    orderby device.Value.Name, device.Key
                    let known = held[device.Key].Where(lease => lease.Item is not null).ToArray()
                    select new DeviceStatus
                    {
                        WorkerId = device.Key,
                        Device = device.Value.Name,
                        Leases = held[device.Key].Count(),
                        LastHeard = device.Value.LastHeard,
                        BusyShare = device.Value.Busy.ShareAt(now),
                        MemoryBytes = device.Value.Bytes,
                        BatchBytes = known.Length == 0 ? null : known.Sum(lease => lease.Item!.Request.BytesPerJob),
                        Batch = HeldBatch.Of(known),
                    },
                ],
                OldestWaiting = _queue.OldestWaiting,
                Loads = _queue.Loads(),
            }
        );
    }

    private EnqueueOutcome Enqueue(WorkItem item)
    {
        var waiting = _queue.Enqueue(item);
        if (waiting is not null)
            waiting.ToldMissing = _devices.Missing(item.Request.BytesPerJob);
        return new EnqueueOutcome { Leased = waiting is null, Missing = waiting?.ToldMissing };
    }

    private Task CheckAsync(CancellationToken cancellationToken)
    {
        TellExpired(_queue.Expire());
        NoteUse();
        foreach (var device in _devices.Prune())
        {
            LogSilent(device);
            PmSFCMetrics.DevicesLost.Add(1, Silent);
        }

        TellCapacity();
        return Task.CompletedTask;
    }

    private void NoteUse()
    {
        foreach (var workerId in _devices.Devices.Keys)
            NoteUse(workerId);
    }

    private void NoteUse(string workerId) => _devices.Devices[workerId].Busy.Holds(_queue.HeldBy(workerId), time.GetUtcNow());

    private void TellCapacity()
    {
        if (_toldAllOf == _devices.Largest)
            return;
        var missing = new Dictionary<long, string?>();
        var told = 0;
        foreach (
            var (waiting, sentence) in _queue
                .Waiting.Select(w => (Waiting: w, Sentence: Missing(w.Item.Request.BytesPerJob)))
                .Where(w => w.Sentence != w.Waiting.ToldMissing)
                .Take(_options.NoticesPerCheck)
        )
        {
            waiting.ToldMissing = sentence;
            OwnerOf(waiting.Item).CapacityChanged(new CapacityState { Missing = sentence }).Ignore();
            told++;
        }

        if (told < _options.NoticesPerCheck)
            _toldAllOf = _devices.Largest;

        string? Missing(long bytes) => missing.TryGetValue(bytes, out var known) ? known : missing[bytes] = _devices.Missing(bytes);
    }

    private void TellExpired(ImmutableArray<ExpiredLease> expired)
    {
        foreach (var lease in expired)
        {
            LogExpired(lease.Item.Id, lease.WorkerId);
            PmSFCMetrics.LeasesExpired.Add(1);
            // An owner that is not reached finds out when it next puts the item into the queue.
            OwnerOf(lease.Item).LeaseExpired(lease.Token).Ignore();
        }
    }

    private IWorkOwner OwnerOf(WorkItem item) => item.OwnerIn(GrainFactory);
}
