using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>An item that no device holds.</summary>
/// <param name="item">The item.</param>
/// <param name="age">Its place in the order of arrival.</param>
/// <param name="since">When it arrived.</param>
internal sealed class WaitingItem(WorkItem item, long age, DateTimeOffset since)
{
    public WorkItem Item { get; set; } = item;

    public long Age => age;

    public DateTimeOffset Since => since;

    /// <summary>What its owner was last told to be missing.</summary>
    public string? ToldMissing { get; set; }
}
