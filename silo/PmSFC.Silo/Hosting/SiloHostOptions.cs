using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Hosting;

/// <summary>What a silo is made of, whatever process it runs in.</summary>
public sealed record SiloHostOptions
{
    /// <summary>Where artifacts and grain state are.</summary>
    public required IArtifactStore Store { get; init; }

    /// <summary>The silo's devices; none for a silo of grains alone.</summary>
    public IReadOnlyList<DeviceOptions> Devices { get; init; } = [new()];
}
