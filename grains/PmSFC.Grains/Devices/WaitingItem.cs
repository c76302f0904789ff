using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>An item that no device holds.</summary>
/// <param name="item">The item.</param>
/// <param name="age">Its place in the order of arrival.</param>
internal sealed class WaitingItem(WorkItem item, long age)
{
    public WorkItem Item { get; set; } = item;

    public long Age => age;

    /// <summary>What its owner was last told to be missing.</summary>
    public string? ToldMissing { get; set; }
}
