namespace PmSFC.Grains.Devices;

/// <summary>What a device pool stores.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DevicePoolRecord")]
internal sealed record DevicePoolRecord
{
    /// <summary>Counted up at every activation of the pool, from the time of the first.</summary>
    [Id(0)]
    public int Epoch { get; init; }
}
