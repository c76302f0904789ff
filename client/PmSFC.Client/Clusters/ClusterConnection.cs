using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Connections;
using PmSFC.Storage;

namespace PmSFC.Client.Clusters;

/// <summary>A client's connection to the silos of a cluster. Disposing it leaves the cluster to its work.</summary>
public sealed class ClusterConnection : IAsyncDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // A silo that is gone is not asked for long.
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private ClusterConnection(IHost host) => _host = host;

    /// <summary>The cluster's grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Connects.</summary>
    /// <exception cref="BadInputException">The store knows no silo of that cluster.</exception>
    /// <exception cref="ClusterUnavailableException">No gateway answered, or no silo hosts grains.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<ClusterConnection> ConnectAsync(
        ClusterConnectionOptions options,
        CancellationToken cancellationToken = default
    )
    {
        if (options.Gateways.Count == 0)
            await RefuseUnknownClusterAsync(options, cancellationToken);
        var host = Build(options);
        try
        {
            await host.StartAsync(cancellationToken);
            var connection = new ClusterConnection(host);
            connection.FindGrains(options);
            return connection;
        }
        catch (Exception e)
        {
            if (host is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            else
                host.Dispose();
            if (e is not OrleansException)
                throw;
            throw new ClusterUnavailableException(
                $"no gateway of the cluster '{options.ClusterId}' has answered for {options.Patience.TotalSeconds:0} s; check that its silos run and can be reached from here{(options.Certificates is null ? "; where they speak TLS, name the folder of certificates with --tls" : ", and that they speak TLS with certificates of the same authority")}.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        else
            _host.Dispose();
    }

    private static async Task RefuseUnknownClusterAsync(ClusterConnectionOptions options, CancellationToken cancellationToken)
    {
        var gateways = new ArtifactGatewayList(
            options.Store,
            Options.Create(Ids(options, new ClusterOptions())),
            Options.Create(new GatewayOptions())
        );
        if ((await gateways.GetGatewaysAsync(cancellationToken)).Count == 0)
            throw new BadInputException(
                $"The store ({options.Store.Description}) knows no silo with a gateway of the cluster '{options.ClusterId}'; start one with 'pmsfc-silo --cluster {options.ClusterId}' on this store, or name the cluster that serves it."
            );
    }

    private static IHost Build(ClusterConnectionOptions options)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "pmsfc" }
        );
        builder.Configuration.AddEnvironmentVariables();
        options.Configure?.Invoke(builder);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSingleton(options.Store);
        builder.UseOrleansClient(client =>
        {
            client
                .Configure<ClusterOptions>(cluster => Ids(options, cluster))
                .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayRefresh);
            if (options.Gateways.Count == 0)
                client.UseArtifactGateways();
            else
                client.UseStaticClustering([.. options.Gateways]);
            if (options.Certificates is { } certificates)
                client.UseMutualTls(certificates);
            client.AddActivityPropagation();
            var began = TimeProvider.System.GetTimestamp();
            client.UseConnectionRetryFilter(
                async (_, cancellationToken) =>
                {
                    if (TimeProvider.System.GetElapsedTime(began) > options.Patience)
                        return false;
                    await Task.Delay(BetweenTries, cancellationToken);
                    return true;
                }
            );
        });
        return builder.Build();
    }

    private static ClusterOptions Ids(ClusterConnectionOptions options, ClusterOptions cluster)
    {
        (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId);
        return cluster;
    }

    private void FindGrains(ClusterConnectionOptions options)
    {
        try
        {
            Grains.GetGrain<ISweepPlannerGrain>(0);
        }
        catch (ArgumentException e)
        {
            throw new ClusterUnavailableException(
                $"no silo of the cluster '{options.ClusterId}' hosts grains; start one with 'pmsfc-silo --role control' or '--role both'.",
                e
            );
        }
    }

    /// <summary>Leaves the process's signals to the caller.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
