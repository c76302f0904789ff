using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using PmSFC.Grains;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Sweeps;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Planning;
using PmSFC.Silo.Telemetry;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;

namespace PmSFC.Silo.Hosting;

/// <summary>Makes a host a silo: grains over the artifact store, the engine's planner and workloads, a worker for each device, telemetry.</summary>
public static class SiloHost
{
    /// <summary>Adds everything but how silos find and reach each other, which is the caller's.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">What the silo is made of.</param>
    /// <param name="configureClustering">Membership and endpoints.</param>
    public static void AddSilo(this IHostApplicationBuilder builder, SiloHostOptions options, Action<ISiloBuilder> configureClustering)
    {
        var services = builder.Services;
        services.AddSingleton(provider =>
            options.Store.With(
                options.Store.Patience with
                {
                    Leaving = provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
                }
            )
        );
        services.AddSingleton(options.Engine);
        services.AddSingleton<ISweepPlanner, EngineSweepPlanner>();
        services.AddSingleton<DeviceHealth>();
        services.AddSingleton<IWorkload, InversionWorkload>();
        services.AddSingleton<IWorkload, DiscoveryWorkload>();
        services.AddSingleton<IWorkload, ContentWorkload>();
        services.AddSingleton<IWorkload, TrainingWorkload>();
        builder.AddTelemetry();
        services.AddHostedService<CounterBaseline>();
        builder.UseOrleans(silo =>
        {
            configureClustering(silo);
            silo.AddArtifactGrainStorage().AddActivityPropagation();
            ConfigureSilence(silo, options);
            if (options.HostsGrains)
                silo.AddPmSFCGrains();
            else
                silo.ExcludePmSFCGrains();
        });

        // Hosted services stop in the reverse order of their start: workers drain while the grains that they report to are still there.
        if (options.HostsGrains)
            services.AddHostedService<PoolMetrics>();
        foreach (var device in options.Devices)
        {
            services.AddSingleton<IHostedService>(provider => new DeviceWorker(
                device,
                provider.GetRequiredService<IGrainFactory>(),
                provider.GetServices<IWorkload>(),
                provider.GetRequiredService<DeviceHealth>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<DeviceWorker>>(),
                provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            ));
        }
    }

    /// <summary>One length of silence counts for leases and for silos: both are given up at about the same time.</summary>
    private static void ConfigureSilence(ISiloBuilder silo, SiloHostOptions options)
    {
        silo.Configure<DevicePoolOptions>(pool =>
        {
            (pool.LeaseDuration, pool.DeviceTimeout) = (options.Lease, options.Lease);
            pool.TrustInEarlierLeases = options.TrustInEarlierLeases;
            pool.Scheduling = options.Scheduling;
        });
        silo.Configure<SweepOptions>(sweeps => sweeps.ReconcilePeriod = options.Lease * 2 / 3);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Three missed probes make a suspicion.
            membership.ProbeTimeout = options.Lease / 6;
            membership.MinProbeTimeout = options.Lease / 12;
            membership.MaxProbeTimeout = options.Lease * 2 / 3;
            membership.IAmAliveTablePublishTimeout = options.Lease / 2;
        });
    }
}
