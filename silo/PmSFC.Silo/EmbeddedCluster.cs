using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PmSFC.Grains.Sweeps;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Hosting;
using PmSFC.Storage;

namespace PmSFC.Silo;

/// <summary>
/// A cluster of one silo inside this process. It opens no socket, so any number of them run on a machine. Disposing it stops
/// leasing, checkpoints and releases what runs, and leaves.
/// </summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    // Never bound to: silos have addresses even where nobody connects to them.
    private const int NominalPort = 11111;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private EmbeddedCluster(IHost host, EmbeddedClusterOptions options) => (_host, Store, Devices) = (host, options.Store, options.Devices);

    /// <summary>The cluster's grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The cluster's artifacts.</summary>
    public IArtifactStore Store { get; }

    /// <summary>What computes in it.</summary>
    public IReadOnlyList<DeviceOptions> Devices { get; }

    /// <summary>Starts a cluster.</summary>
    public static async Task<EmbeddedCluster> StartAsync(EmbeddedClusterOptions options, CancellationToken cancellationToken = default)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "pmsfc" }
        );
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        options.Configure?.Invoke(builder);
        builder.AddSilo(
            new SiloHostOptions
            {
                Store = options.Store,
                Engine = options.Engine,
                Devices = options.Devices,
                TrustInEarlierLeases = options.TrustInEarlierLeases,
            },
            silo =>
            {
                silo.UseLocalhostClustering(
                    NominalPort,
                    gatewayPort: 0,
                    new IPEndPoint(IPAddress.Loopback, NominalPort),
                    "pmsfc",
                    "embedded"
                );
                ClosedListenerFactory.ReplaceAll(silo.Services);
                // The process does what its user has asked it for, and nothing that an earlier one left undone on the same store.
                silo.Configure<SweepOptions>(sweeps => sweeps.GoesOnByItself = false);
            }
        );
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();

        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new EmbeddedCluster(host, options);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Stops leasing, checkpoints and releases what runs, and leaves; within seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        else
            _host.Dispose();
    }
}
