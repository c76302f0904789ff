using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices.Scheduling;

/// <summary>An item that a device could take.</summary>
/// <param name="Item">It.</param>
/// <param name="Waiting">How many items wait that only their image distinguishes from it, it included.</param>
/// <param name="OwnerUsage">Device-seconds that its owner used, the older the less, and uses.</param>
public readonly record struct SchedulingCandidate(WorkItem Item, int Waiting, double OwnerUsage);
