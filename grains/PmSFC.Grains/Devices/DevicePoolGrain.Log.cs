using Microsoft.Extensions.Logging;

namespace PmSFC.Grains.Devices;

internal sealed partial class DevicePoolGrain
{
    [LoggerMessage(LogLevel.Information, "Device pool {Pool} starts epoch {Epoch}.")]
    private partial void LogActivated(string pool, int epoch);

    [LoggerMessage(LogLevel.Information, "Device {Device} of worker {WorkerId} is connected.")]
    private partial void LogConnected(string device, string workerId);

    [LoggerMessage(LogLevel.Warning, "Device {Device} has fallen silent; what it held goes on elsewhere.")]
    private partial void LogSilent(string device);

    [LoggerMessage(LogLevel.Debug, "{Count} items of batch {BatchKey} go to {Device}.")]
    private partial void LogLeased(int count, string device, string batchKey);

    [LoggerMessage(LogLevel.Warning, "The lease of {ItemId} ended without a word from worker {WorkerId}.")]
    private partial void LogExpired(string itemId, string? workerId);
}
