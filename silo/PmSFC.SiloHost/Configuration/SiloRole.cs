namespace PmSFC.SiloHost.Configuration;

/// <summary>What a silo does for its cluster.</summary>
internal enum SiloRole
{
    /// <summary>Grains and devices.</summary>
    Both,

    /// <summary>Grains alone.</summary>
    Control,

    /// <summary>
    /// Devices alone: no grain of the product is placed here, so that a process which computes, and may be killed for its memory or taken away with
    /// its machine, takes no queue and no sweep with it.
    /// </summary>
    Device,
}
