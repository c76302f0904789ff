using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Grains.Tests.Devices;

internal static class Items
{
    public static WorkItem Item(
        string id,
        string owner = "ann",
        int priority = 0,
        long bytes = 1,
        string batch = "b",
        long token = 0,
        bool holds = false,
        int? iterations = null
    ) =>
        new()
        {
            Id = id,
            BatchKey = batch,
            Request = new WorkRequest
            {
                SweepId = "s",
                Owner = owner,
                Priority = priority,
                BytesPerJob = bytes,
            },
            Job = iterations is null ? Job(id) : Job(id) with { Settings = Job(id).Settings.Add("iterations", $"{iterations}") },
            OwnerToken = token,
            OwnerHolds = holds,
        };

    public static JobSpec Job(string image) =>
        new()
        {
            GeneratorId = "g",
            Task = "inversion",
            Method = "m",
            Settings = ImmutableSortedDictionary<string, string>.Empty,
            ImageId = image,
            Seed = 0,
        };

    public static LeaseRequest Ask(string worker = "w", long bytes = long.MaxValue, int items = 1) =>
        new()
        {
            WorkerId = worker,
            Device = $"cpu of {worker}",
            BytesAvailable = bytes,
            MaximumItems = items,
        };

    public static LeaseHold Hold(this Lease lease) => new(lease.Item.Id, lease.Token);
}
