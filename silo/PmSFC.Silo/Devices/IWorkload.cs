using PmSFC.Abstractions.Devices;

namespace PmSFC.Silo.Devices;

/// <summary>One kind of work that devices do.</summary>
public interface IWorkload
{
    /// <summary>Whether an item is of this kind.</summary>
    bool Accepts(WorkItem item);

    /// <summary>
    /// Works on a batch until every item is settled. Stop flags are obeyed within one iteration. What it throws is reported as the failure of every
    /// item that is not settled.
    /// </summary>
    /// <param name="batch">Items of this kind.</param>
    /// <param name="draining">Set when the silo leaves: waits for a store that is away are cut short.</param>
    Task RunAsync(WorkBatch batch, CancellationToken draining);
}
