namespace PmSFC.Grains.Devices;

/// <summary>What a device pool stores.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DevicePoolRecord")]
public sealed record DevicePoolRecord
{
    /// <summary>How often the pool was activated.</summary>
    [Id(0)] public int Epoch { get; init; }
}
