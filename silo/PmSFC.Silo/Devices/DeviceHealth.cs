namespace PmSFC.Silo.Devices;

/// <summary>What is wrong with a silo's devices, for its health endpoint. What a device cannot recover from stays until the process is restarted.</summary>
public sealed class DeviceHealth
{
    private volatile string? _problem;

    /// <summary>One sentence, or null where all is well.</summary>
    public string? Problem => _problem;

    /// <summary>A device does not work any more; the first problem stays.</summary>
    internal void Fail(string problem) => _problem ??= problem;
}
