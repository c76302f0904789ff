using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>A lease that ended without a word from its worker.</summary>
internal readonly record struct ExpiredLease(WorkItem Item, long Token, string? WorkerId);
