using System.Collections.Immutable;

namespace PmSFC.Abstractions.Devices;

/// <summary>
/// The queue that devices pull from. It holds what waits and what is leased, in memory only: the grains that own the work put it back after a
/// restart. The key is the pool's name, <c>default</c>.
/// </summary>
/// <remarks>Only the question takes a token: an answer that nobody waits for would leave a lease to its end.</remarks>
[Alias("pmsfc.IDevicePoolGrain")]
public interface IDevicePoolGrain : IGrainWithStringKey
{
    /// <summary>The name of the only pool of a small cluster.</summary>
    const string Default = "default";

    /// <summary>
    /// Queues items and says of each, in the same order, where it is. One that waits already keeps its age and takes the new request; one that
    /// is leased stays leased, unless its owner says by <see cref="WorkItem.OwnerToken"/> that the lease is over.
    /// </summary>
    [Alias("Enqueue")]
    Task<ImmutableArray<EnqueueOutcome>> Enqueue(ImmutableArray<WorkItem> items);

    /// <summary>Takes items out of the queue; a leased one is cancelled at its next renewal.</summary>
    [Alias("Withdraw")]
    Task Withdraw(ImmutableArray<string> itemIds);

    /// <summary>
    /// Leases the next item by priority, then fair share between owners, then age, with as many of the same batch key as fit the request.
    /// Empty where nothing waits that fits. Asking also announces the device.
    /// </summary>
    [Alias("Lease")]
    Task<ImmutableArray<Lease>> Lease(LeaseRequest request);

    /// <summary>Renews leases, and says of each, in the same order, whether it is still held.</summary>
    [Alias("Renew")]
    Task<ImmutableArray<LeaseVerdict>> Renew(string workerId, ImmutableArray<LeaseHold> holds);

    /// <summary>Ends leases: the work is done, failed or given back, and its owner has been told.</summary>
    [Alias("Return")]
    Task Return(ImmutableArray<LeaseHold> holds);

    /// <summary>The worker leaves; its leases count as expired.</summary>
    [Alias("Leave")]
    Task Leave(string workerId);

    /// <summary>What waits and what runs.</summary>
    [Alias("GetStatus")]
    Task<PoolStatus> GetStatus(CancellationToken cancellationToken = default);
}
