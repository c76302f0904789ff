namespace PmSFC.Silo.Devices.Discovery;

/// <summary>A GPU that the driver knows.</summary>
/// <param name="Id">Its UUID, such as <c>GPU-5a0b…</c>.</param>
/// <param name="Name">Its model, for people.</param>
/// <param name="TotalBytes">All of its memory.</param>
/// <param name="FreeBytes">What of it no process holds now.</param>
public sealed record Gpu(string Id, string Name, long TotalBytes, long FreeBytes);
