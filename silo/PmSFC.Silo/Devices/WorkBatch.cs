namespace PmSFC.Silo.Devices;

/// <summary>Leased work that may share a run on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Works">One or more items of one batch key.</param>
public sealed record WorkBatch(Device Device, IReadOnlyList<LeasedWork> Works)
{
    /// <summary>Reports for all of it why it makes no progress, one sentence, or null where it goes on.</summary>
    public Task HoldUp(string? reason) => Task.WhenAll(Works.Select(work => work.HoldUp(reason)));
}
