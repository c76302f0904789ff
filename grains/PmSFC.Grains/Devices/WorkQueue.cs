using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>
/// What waits and what is leased, in the order priority, scheduling policy, age. An item is in one of the two at most, so it is
/// never leased twice.
/// </summary>
/// <remarks>
/// A queue that replaces a lost one starts empty. For as long as the options say it believes workers and owners who speak of leases of an earlier
/// epoch, so that work goes on over a restart; who leads such a lease is settled by its token.
/// </remarks>
internal sealed class WorkQueue(DevicePoolOptions options, TimeProvider time, FencingTokens tokens)
{
    private readonly WaitingQueue _waiting = new(options.Scheduling);
    private readonly Dictionary<string, HeldLease> _leased = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly FairShare _used = new(options.UsageHalfLife);
    private readonly WorkRates _rates = new();
    private readonly DateTimeOffset _trustEarlierUntil = time.GetUtcNow() + (options.TrustInEarlierLeases ?? options.LeaseDuration);

    public IReadOnlyCollection<WaitingItem> Waiting => _waiting.Items;

    public IReadOnlyCollection<HeldLease> Leased => _leased.Values;

    /// <summary>For how long the item that came first has waited, or null where nothing waits.</summary>
    public TimeSpan? OldestWaiting => _waiting.Items.Count == 0 ? null : Now - _waiting.Items.Min(waiting => waiting.Since);

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>How many leases a worker holds.</summary>
    public int HeldBy(string workerId) => _held.GetValueOrDefault(workerId);

    /// <summary>Puts an item in, or updates it where it is in already.</summary>
    /// <returns>The item where it waits, or null where it is leased.</returns>
    public WaitingItem? Enqueue(WorkItem item)
    {
        if (_leased.TryGetValue(item.Id, out var lease))
        {
            if (lease.Token > item.OwnerToken || (lease.Token == item.OwnerToken && item.OwnerHolds))
            {
                lease.Item = item;
                lease.Cancelled = false;
                return null;
            }

            End(item.Id, lease);
        }

        if (_waiting.Find(item.Id) is { } waiting)
        {
            _waiting.Update(waiting, item);
            return waiting;
        }

        if (item.OwnerHolds && IsOfLostPool(item.OwnerToken))
        {
            Adopt(item.Id, item.OwnerToken, item, workerId: null);
            return null;
        }

        return _waiting.Add(item, Now);
    }

    /// <summary>Takes a waiting item out, and marks a leased one so that its next renewal is told.</summary>
    public void Withdraw(string itemId)
    {
        if (!_waiting.Remove(itemId) && _leased.TryGetValue(itemId, out var lease))
            lease.Cancelled = true;
    }

    /// <summary>Leases the first item that fits the request, with others of its batch key and priority, as long as they fit too.</summary>
    public ImmutableArray<Lease> Take(LeaseRequest request)
    {
        var now = Now;
        var batch = _waiting.TakeBatch(request, UsageAt(now));
        return [.. batch.Select(waiting => Give(waiting, request.WorkerId, 1.0 / batch.Count, now))];
    }

    public LeaseVerdict Renew(string workerId, LeaseHold hold)
    {
        if (!_leased.TryGetValue(hold.ItemId, out var lease) && !TryAdopt(workerId, hold, out lease))
            return LeaseVerdict.Lost;
        if (lease.Token != hold.Token || (lease.WorkerId ?? workerId) != workerId)
            return LeaseVerdict.Lost;
        if (lease.WorkerId is null)
        {
            lease.WorkerId = workerId;
            Count(workerId, 1);
        }

        if (lease.Cancelled)
        {
            End(hold.ItemId, lease);
            return LeaseVerdict.Cancelled;
        }

        lease.ExpiresAt = Now + options.LeaseDuration;
        Measure(lease, hold);
        return LeaseVerdict.Held;
    }

    /// <summary>Ends a lease that its worker gives up; any other is left alone.</summary>
    public void Return(LeaseHold hold)
    {
        if (!_leased.TryGetValue(hold.ItemId, out var lease) || lease.Token != hold.Token)
            return;
        Measure(lease, hold);
        if (lease is { Measured: null, Item: { } item })
            _rates.LearnWhole(item, lease.DeviceSeconds(Now));
        End(hold.ItemId, lease);
    }

    /// <summary>Ends what has expired.</summary>
    public ImmutableArray<ExpiredLease> Expire()
    {
        var now = Now;
        return EndWhere(lease => lease.ExpiresAt <= now);
    }

    /// <summary>Ends what a worker holds.</summary>
    public ImmutableArray<ExpiredLease> Leave(string workerId) => EndWhere(lease => lease.WorkerId == workerId);

    /// <summary>What waits and what is leased, by the memory that an item needs.</summary>
    public ImmutableArray<PoolLoad> Loads()
    {
        var items = Waiting
            .Select(waiting => (Bytes: waiting.Item.Request.BytesPerJob, Runs: false, Seconds: _rates.SecondsOf(waiting.Item)))
            .Concat(
                _leased.Values.Select(lease => (Bytes: lease.Item?.Request.BytesPerJob ?? 0, Runs: true, Seconds: SecondsLeftOf(lease)))
            );
        return
        [
            .. from item in items
            group item by item.Bytes into alike
            orderby alike.Key
            select new PoolLoad
            {
                BytesPerJob = alike.Key,
                Queued = alike.Count(item => !item.Runs),
                Running = alike.Count(item => item.Runs),
                QueuedSeconds = alike.Where(item => !item.Runs).Sum(item => item.Seconds ?? options.UnmeasuredCharge.TotalSeconds),
                RunningSeconds = alike.Where(item => item.Runs).Sum(item => item.Seconds ?? options.UnmeasuredCharge.TotalSeconds),
                Unmeasured = alike.Count(item => item.Seconds is null),
            },
        ];
    }

    private double? SecondsLeftOf(HeldLease lease) =>
        lease switch
        {
            { Measured: { } measured } => measured.SecondsPerIteration * Math.Max(0, measured.Iterations - measured.Iteration),
            { Item: { } item } => _rates.SecondsOf(item),
            _ => null,
        };

    private void Measure(HeldLease lease, LeaseHold hold)
    {
        // A worker's clock or an early report may give a rate that is none.
        if (hold.Measured is not { SecondsPerIteration: > 0 and < double.PositiveInfinity, Iterations: > 0 } measured)
            return;
        lease.Measured = measured;
        if (lease.Item is { } item)
            _rates.Learn(item, measured);
    }

    private ImmutableArray<ExpiredLease> EndWhere(Predicate<HeldLease> condition)
    {
        var ended = _leased.Where(l => condition(l.Value)).ToArray();
        foreach (var (id, lease) in ended)
            End(id, lease);
        return
        [
            .. from end in ended
            let lease = end.Value
            where lease.Item is not null && !lease.Cancelled
            select new ExpiredLease(lease.Item!, lease.Token, lease.WorkerId),
        ];
    }

    /// <summary>Device-seconds that an owner used and uses, each counted once.</summary>
    private Func<string, double> UsageAt(DateTimeOffset now)
    {
        var running = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var lease in _leased.Values)
        {
            if (lease.Item is { Request.Owner: var owner })
                running[owner] = running.GetValueOrDefault(owner) + lease.DeviceSecondsAtLeast(options.MinimumCharge, now);
        }

        var usage = new Dictionary<string, double>(StringComparer.Ordinal);
        return owner =>
            usage.TryGetValue(owner, out var known) ? known : usage[owner] = running.GetValueOrDefault(owner) + _used.Of(owner, now);
    }

    private Lease Give(WaitingItem waiting, string workerId, double share, DateTimeOffset now)
    {
        var item = waiting.Item;
        var lease = new HeldLease(tokens.Next(), share, now)
        {
            Item = item,
            WorkerId = workerId,
            ExpiresAt = now + options.LeaseDuration,
        };
        _leased.Add(item.Id, lease);
        Count(workerId, 1);
        return new Lease
        {
            Item = item,
            Token = lease.Token,
            ExpiresAt = lease.ExpiresAt,
            Duration = options.LeaseDuration,
            Waited = now - waiting.Since,
        };
    }

    private bool IsOfLostPool(long token) => tokens.IsOfEarlierEpoch(token) && Now < _trustEarlierUntil;

    private bool TryAdopt(string workerId, LeaseHold hold, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HeldLease? lease)
    {
        lease = null;
        if (!IsOfLostPool(hold.Token))
            return false;
        var waiting = _waiting.Find(hold.ItemId);
        if (waiting is not null)
        {
            // An owner that has seen the token and queued the item all the same has given the lease up.
            if (waiting.Item.OwnerToken >= hold.Token)
                return false;
            _waiting.Remove(hold.ItemId);
        }

        lease = Adopt(hold.ItemId, hold.Token, waiting?.Item, workerId);
        return true;
    }

    private HeldLease Adopt(string itemId, long token, WorkItem? item, string? workerId)
    {
        if (workerId is not null)
            Count(workerId, 1);
        return _leased[itemId] = new HeldLease(token, share: 1, Now)
        {
            Item = item,
            WorkerId = workerId,
            ExpiresAt = Now + options.LeaseDuration,
        };
    }

    private void Count(string workerId, int change)
    {
        var held = HeldBy(workerId) + change;
        if (held == 0)
            _held.Remove(workerId);
        else
            _held[workerId] = held;
    }

    private void End(string itemId, HeldLease lease)
    {
        if (_leased.Remove(itemId) && lease.WorkerId is { } workerId)
            Count(workerId, -1);
        if (lease.Item is { Request.Owner: var owner })
            _used.Charge(owner, lease.DeviceSeconds(Now), Now);
    }
}
