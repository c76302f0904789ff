namespace PmSFC.Grains.Devices;

/// <summary>A device that has sent a message lately.</summary>
/// <param name="Name">The device, for people.</param>
/// <param name="Bytes">The most memory that it offered, in bytes, or null where it has only renewed so far.</param>
/// <param name="LastHeard">When.</param>
/// <param name="Busy">For how long it held work of late.</param>
internal sealed record ConnectedDevice(string Name, long? Bytes, DateTimeOffset LastHeard, BusyTime Busy);
