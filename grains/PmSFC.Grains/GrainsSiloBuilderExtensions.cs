using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Sweeps;

namespace PmSFC.Grains;

/// <summary>Registers what the grains need of a silo in addition to an artifact store, a default grain storage and a sweep planner.</summary>
public static class GrainsSiloBuilderExtensions
{
    /// <summary>Checks the grains' options when the silo starts, and wakes sweeps whose silo died.</summary>
    public static ISiloBuilder AddPmSFCGrains(this ISiloBuilder builder) =>
        builder.ConfigureServices(services =>
        {
            services
                .AddOptions<DevicePoolOptions>()
                .Validate(o => o.AreValid(), "Device pool options: every duration must be positive, and CheckPeriod at most LeaseDuration.")
                .ValidateOnStart();
            services
                .AddOptions<SweepOptions>()
                .Validate(o => o.AreValid(), "Sweep options: every period and number must be positive.")
                .ValidateOnStart();
            services.AddSingleton<StartedSweeps>();
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SweepWatchdog>();
        });

    /// <summary>Keeps the product's grains off this silo; it reaches those of other silos.</summary>
    public static ISiloBuilder ExcludePmSFCGrains(this ISiloBuilder builder) =>
        builder.ConfigureServices(services =>
            services.PostConfigure<GrainTypeOptions>(types =>
            {
                foreach (
                    var grain in types.Classes.Where(grain => grain.Assembly == typeof(GrainsSiloBuilderExtensions).Assembly).ToArray()
                )
                    types.Classes.Remove(grain);
            })
        );
}
