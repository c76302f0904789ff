using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>Describes what a device holds.</summary>
internal static class HeldBatch
{
    /// <summary>The batch that it took first, or null where it holds nothing.</summary>
    /// <param name="leases">Its leases whose work is known.</param>
    public static DeviceBatch? Of(IReadOnlyCollection<HeldLease> leases)
    {
        if (leases.MinBy(lease => lease.Since)?.Item is not { } first)
            return null;
        var batch = leases.Where(lease => lease.Item!.BatchKey == first.BatchKey).ToArray();
        var behind = batch
            .Select(lease => lease.Measured)
            .OfType<MeasuredWork>()
            .MinBy(measured => (double)measured.Iteration / measured.Iterations);
        return new DeviceBatch
        {
            Kind = first.Kind,
            Method = first.Method,
            BatchKey = first.BatchKey,
            SweepIds =
            [
                .. batch.Select(lease => lease.Item!.Request.SweepId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ],
            ItemIds = [.. batch.Select(lease => lease.Item!.Id).Order(StringComparer.Ordinal)],
            Iteration = behind?.Iteration,
            Iterations = behind?.Iterations,
        };
    }
}
