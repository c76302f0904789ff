namespace PmSFC.Silo.Devices.Discovery;

/// <summary>A GPU of the machine, and what this process can do with it.</summary>
/// <param name="Gpu">What the driver tells of it.</param>
/// <param name="Device">Its name in libtorch, such as <c>cuda:0</c>; null where CUDA does not show it to this process.</param>
/// <param name="Problem">Why it cannot be used, as the end of a sentence; null where it can.</param>
public sealed record FoundGpu(Gpu Gpu, string? Device, string? Problem);
