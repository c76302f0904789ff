using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Clusters;

/// <summary>Real silos in this process over a store in a temporary directory, with short periods.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TestSilos(InProcessTestCluster cluster, IArtifactStore store) => (_cluster, Store) = (cluster, store);

    public IArtifactStore Store { get; }

    public IGrainFactory Grains => _cluster.Client;

    public IDevicePoolGrain Pool => Grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default);

    public static async Task<TestSilos> StartAsync(
        string directory,
        int silos = 1,
        TimeSpan? lease = null,
        TimeSpan? reconcile = null,
        TimeSpan? watchdog = null,
        IArtifactStore? store = null
    ) => await StartAsync(store ?? new DirectoryArtifactStore(directory), silos, silo =>
        {
            silo.Services.Configure<DevicePoolOptions>(o =>
            {
                o.LeaseDuration = lease ?? TimeSpan.FromSeconds(5);
                o.CheckPeriod = TimeSpan.FromMilliseconds(100);
                o.DeviceTimeout = TimeSpan.FromSeconds(5);
            });
            silo.Services.Configure<SweepOptions>(o =>
            {
                o.ReconcilePeriod = reconcile ?? TimeSpan.FromSeconds(1);
                o.WatchdogPeriod = watchdog ?? TimeSpan.FromSeconds(1);
            });
        });

    /// <summary>One silo with the product's own periods, on a clock that is moved by the test alone.</summary>
    public static Task<TestSilos> StartAsync(IArtifactStore store, TimeProvider time) => StartAsync(store, silos: 1, silo =>
        {
            silo.Services.AddSingleton(time);
            silo.Services.Configure<DevicePoolOptions>(o => o.LeaseDuration = TimeSpan.FromSeconds(90));
        });

    private static async Task<TestSilos> StartAsync(IArtifactStore store, int silos, Action<ISiloBuilder> configure)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddSingleton(store);
                silo.Services.AddSingleton<ISweepPlanner, EmptyPlanner>();
                silo.AddArtifactGrainStorage();
                silo.AddPmSFCGrains();
                configure(silo);
                silo.Services.Configure<ClusterMembershipOptions>(o =>
                {
                    o.ProbeTimeout = TimeSpan.FromSeconds(1);
                    o.TableRefreshTimeout = TimeSpan.FromSeconds(1);
                    o.NumMissedProbesLimit = 2;
                    o.NumVotesForDeathDeclaration = 1;
                });
                silo.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.Error));
            }
        );
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new TestSilos(cluster, store);
    }

    public ISweepGrain Sweep(string id) => Grains.GetGrain<ISweepGrain>(id);

    public IInversionJobGrain Job(string id) => Grains.GetGrain<IInversionJobGrain>(id);

    public INetworkGrain Network(string id) => Grains.GetGrain<INetworkGrain>(id);

    /// <summary>Ends the silo that holds a grain, without a word to the others, and starts another.</summary>
    public Task ReplaceSiloOfAsync(IAddressable grain) => ReplaceSiloOfAsync(() => Task.FromResult<IAddressable?>(grain));

    /// <summary>The same for a grain that is looked for until one is found that some silo holds: a job's leaves when the job ends.</summary>
    public async Task ReplaceSiloOfAsync(Func<Task<IAddressable?>> find)
    {
        var holder = await Eventually.Get(async () => await find() is { } grain ? await HolderOf(grain) : null, silo => silo is not null);
        await _cluster.KillSiloAsync(holder!);
        await _cluster.StartAdditionalSiloAsync();
    }

    private async Task<InProcessSiloHandle?> HolderOf(IAddressable grain)
    {
        try
        {
            var address = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
            return _cluster.Silos.SingleOrDefault(s => s.SiloAddress.Equals(address));
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    private sealed class EmptyPlanner : ISweepPlanner
    {
        public Task<PlanOutcome> PlanAsync(SweepSpec spec, CancellationToken cancellationToken) =>
            Task.FromResult(new PlanOutcome { Issues = [new SpecIssue("methods", $"'{spec.Name}' has none.")] });
    }
}
