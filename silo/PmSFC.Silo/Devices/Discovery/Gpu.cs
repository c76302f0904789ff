namespace PmSFC.Silo.Devices.Discovery;

/// <summary>A GPU that the driver knows.</summary>
/// <param name="Id">Its UUID, such as <c>GPU-5a0b…</c>.</param>
/// <param name="Name">Its model, for people.</param>
/// <param name="TotalBytes">All of its memory.</param>
/// <param name="FreeBytes">What of it no process holds now.</param>
public sealed record Gpu(string Id, string Name, long TotalBytes, long FreeBytes)
{
    /// <summary>Its place on the PCI bus, such as <c>00000000:1B:00.0</c>; null where the driver does not tell.</summary>
    public string? Bus { get; init; }

    /// <summary>Its CUDA compute capability, such as 9.0; null where the driver does not tell.</summary>
    public Version? ComputeCapability { get; init; }

    /// <summary>Whether it is in MIG mode: divided into parts, of which CUDA shows one to a process instead of the whole.</summary>
    public bool IsPartitioned { get; init; }
}
