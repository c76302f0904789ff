using System.Collections.Concurrent;
using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Clusters;

/// <summary>A device worker without a device: leases, reports, stores, and can vanish.</summary>
internal sealed class FakeWorker(TestSilos silos, string id, int batch = 4, long bytes = long.MaxValue) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _leaves;

    /// <summary>What an attempt comes to: null for success.</summary>
    public Func<WorkItem, JobFailure?> Outcome { get; init; } = _ => null;

    /// <summary>What happens between the start of a batch and its end.</summary>
    public Func<IReadOnlyList<Lease>, Task> Work { get; init; } = _ => Task.CompletedTask;

    /// <summary>
    /// Tokens under which success was accepted, by item. The cluster tells of a success before this worker has heard that it was accepted: await <see cref="LeaveAsync"/> to see all.
    /// </summary>
    public ConcurrentDictionary<string, ImmutableHashSet<long>> Accepted { get; init; } = new();

    /// <summary>Every lease that was given.</summary>
    public ConcurrentQueue<Lease> Leases { get; } = new();

    private string Device => $"device of {id}";

    public FakeWorker Start()
    {
        _loop = Task.Run(Run);
        return this;
    }

    /// <summary>Leases once without going on.</summary>
    public Task<ImmutableArray<Lease>> Lease() =>
        silos.Pool.Lease(
            new LeaseRequest
            {
                WorkerId = id,
                Device = Device,
                BytesAvailable = bytes,
                MaximumItems = batch,
            }
        );

    public IWorkOwner Owner(WorkItem item) => item.OwnerIn(silos.Grains);

    public async Task<bool> Finish(Lease lease)
    {
        var owner = Owner(lease.Item);
        if (Outcome(lease.Item) is { } failure)
            return await owner.Failed(lease.Token, failure);
        await StoreResult(silos.Store, lease.Item);
        return await owner.Succeeded(lease.Token);
    }

    public static async Task StoreResult(IArtifactStore store, WorkItem item) =>
        await store.WriteOnceAsync(
            item.Kind switch
            {
                WorkKind.Discovery => ArtifactNames.SubspaceSet(item.Id),
                WorkKind.Training => ArtifactNames.NetworkCard(item.Id),
                WorkKind.Preparation => ArtifactNames.PreparationCard(item.Id),
                _ => ArtifactNames.JobResult(item.Id),
            },
            "{}"u8.ToArray()
        );

    /// <summary>Leases nothing more, and waits until the batch that it holds is done and what came of it is noted.</summary>
    public Task LeaveAsync()
    {
        _leaves = true;
        return _loop;
    }

    /// <summary>Stops without a word, as a process does that is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Run()
    {
        while (!_stop.IsCancellationRequested && !_leaves)
        {
            var leases = await Persist(Lease) is { IsDefaultOrEmpty: false } given ? given : [];
            foreach (var lease in leases)
                Leases.Enqueue(lease);
            if (leases.IsEmpty)
                // A device asks again after a pause.
                await Task.Delay(30, _stop.Token);
            else
                await Do(leases);
        }
    }

    private async Task Do(ImmutableArray<Lease> leases)
    {
        using var done = new CancellationTokenSource();
        var renewing = Renew(leases, done.Token);
        foreach (var lease in leases)
            await Persist(() => Owner(lease.Item).Started(lease.Token, Device));
        await Work(leases);
        foreach (var lease in leases)
        {
            if (await Persist(() => Finish(lease)) && Outcome(lease.Item) is null)
                Accepted.AddOrUpdate(lease.Item.Id, _ => [lease.Token], (_, tokens) => tokens.Add(lease.Token));
            await Persist(async () =>
            {
                await silos.Pool.Return([new LeaseHold(lease.Item.Id, lease.Token)]);
                return true;
            });
        }

        await done.CancelAsync();
        await renewing;
    }

    private async Task Renew(ImmutableArray<Lease> leases, CancellationToken done)
    {
        while (!done.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            await Persist(() => silos.Pool.Renew(id, [.. leases.Select(l => new LeaseHold(l.Item.Id, l.Token))]));
            // Many times within a lease.
            await Task.Delay(300, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tries again while silos die: every call of the contract may be repeated.</summary>
    private async Task<T?> Persist<T>(Func<Task<T>> call)
    {
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A device tries again after a pause.
                await Task.Delay(50, _stop.Token);
            }
        }
    }
}
