namespace PmSFC.Silo.Devices;

/// <summary>A device on which every further call would fail, so that its process has to be restarted. The message is one sentence.</summary>
public sealed class DeviceLostException(string message, Exception cause) : Exception(message, cause);
