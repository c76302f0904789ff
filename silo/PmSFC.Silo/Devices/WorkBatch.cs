using PmSFC.Storage;

namespace PmSFC.Silo.Devices;

/// <summary>Leased work that may share a run on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Works">One or more items of one batch key.</param>
public sealed record WorkBatch(Device Device, IReadOnlyList<LeasedWork> Works)
{
    /// <summary>
    /// For how long the work bears a store that cannot be used. A full one is borne until the silo leaves: what was computed has nowhere else to go, and the
    /// next job would fare no better.
    /// </summary>
    /// <param name="draining">Set when the silo leaves.</param>
    public StorePatience Patience(CancellationToken draining) =>
        new()
        {
            Unavailable = Device.Options.StorePatience,
            Refused = Device.Options.StorePatience,
            Full = Timeout.InfiniteTimeSpan,
            Waits = HoldUpAsync,
            Leaving = draining,
        };

    /// <summary>Reports for all of it why it makes no progress, one sentence, or null where it goes on.</summary>
    public Task HoldUpAsync(string? reason) => Task.WhenAll(Works.Select(work => work.HoldUpAsync(reason)));
}
