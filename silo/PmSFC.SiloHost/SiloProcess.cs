using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using PmSFC.Abstractions.Failures;
using PmSFC.Connections;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.Silo.Hosting;
using PmSFC.SiloHost.Configuration;
using PmSFC.SiloHost.Logging;
using PmSFC.SiloHost.Membership;
using PmSFC.SiloHost.Web;
using PmSFC.Storage;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost;

/// <summary>A silo from its settings to its exit code.</summary>
internal sealed partial class SiloProcess(SiloSettings settings, TextWriter error)
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int DeviceLost = 3;

    // Of the 60 s in which a silo that was asked to stop must be gone.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(50);

    /// <summary>Runs until SIGTERM or Ctrl-C: then the silo takes no more work, checkpoints and releases what runs, and leaves the cluster.</summary>
    public async Task<int> RunAsync()
    {
        try
        {
            var certificates = settings.Tls is { } folder
                ? CertificateFolder.Open(folder, TimeProvider.System, LoggerFactory.Create(Log).CreateLogger<CertificateFolder>())
                : null;
            var devices = settings.Role == SiloRole.Control ? [] : FindDevices();
            using var guard = ArtifactStores.FolderOf(settings.Store) is { } directory
                ? StoreGuard.Share(directory, settings.Cluster)
                : null;
            var tokens = settings.Access is { } file
                ? TokenFile.Open(file, TimeProvider.System, LoggerFactory.Create(Log).CreateLogger<TokenFile>())
                : null;
            var webCertificate = settings.WebTls is { } web
                ? CertificateFolder.OpenOfServer(web, TimeProvider.System, LoggerFactory.Create(Log).CreateLogger<CertificateFolder>())
                : null;
            var options = new WebServerOptions
            {
                Port = settings.WebPort,
                MetricsPort = settings.MetricsPort,
                Certificate = webCertificate,
                Access = tokens is null && settings.Oidc is null ? null : new AccessSources(tokens, settings.Oidc),
            };
            using var host = Build(devices, certificates, options, out var store);
            await RefuseSecondClusterAsync(store);
            if (!await StartAsync(host))
                return Done;
            LogUp(
                host.Services.GetRequiredService<ILogger<SiloProcess>>(),
                settings.Role,
                settings.Cluster,
                settings.Address,
                settings.SiloPort,
                settings.GatewayPort,
                store.Description
            );
            await host.WaitForShutdownAsync();
            // A background service that fails stops the host, but that is no good end.
            var failures = host
                .Services.GetServices<IHostedService>()
                .OfType<BackgroundService>()
                .Select(service => service.ExecuteTask?.Exception);
            if (failures.FirstOrDefault(failure => failure is not null) is { } failed)
                throw failed;
            return host.Services.GetRequiredService<DeviceHealth>().Problem is null ? Done : DeviceLost;
        }
        catch (Exception e)
        {
            var (sentence, code) = Explain(e);
            error.WriteLine($"error: {sentence}");
            return code;
        }
    }

    /// <returns>False where the silo was told to stop before it was up.</returns>
    private static async Task<bool> StartAsync(IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await host.StartAsync();
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private IEnumerable<int> Ports =>
        new[] { settings.SiloPort, settings.GatewayPort, settings.WebPort, settings.MetricsPort }.Where(port => port > 0);

    private string Name => $"{Environment.MachineName}:{settings.SiloPort}";

    private IHost Build(
        IReadOnlyList<DeviceOptions> devices,
        CertificateFolder? certificates,
        WebServerOptions web,
        out IArtifactStore store
    )
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "pmsfc-silo" }
        );
        builder.Configuration.AddEnvironmentVariables();
        Log(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);

        store = ArtifactStores.Open(settings.Store, TimeProvider.System, LoggerFactory.Create(Log));
        if (web.Port > 0 || web.MetricsPort > 0)
            builder.AddWebServer(web);
        builder.AddSilo(
            new SiloHostOptions
            {
                Store = store,
                HostsGrains = settings.Role != SiloRole.Device,
                Devices = devices,
                Lease = settings.Lease,
                Scheduling = settings.Scheduling,
            },
            silo =>
            {
                ConfigureClustering(silo);
                if (certificates is not null)
                    silo.UseMutualTls(certificates);
            }
        );
        return builder.Build();
    }

    private IReadOnlyList<DeviceOptions> FindDevices()
    {
        using var loggers = LoggerFactory.Create(Log);
        var common = new DeviceOptions
        {
            Host = Name,
            Threads = settings.Threads,
            MemoryBytes = settings.MemoryBytes,
            CheckpointInterval = settings.CheckpointInterval,
            HangLimit = settings.HangLimit,
        };
        return DeviceDiscovery.OfThisMachine.Find(new DeviceRequest(settings.Devices, SiloSettingCatalog.Devices.Key), common, warning =>
            LogUnused(loggers.CreateLogger<SiloProcess>(), warning)
        );
    }

    private void Log(ILoggingBuilder logging) => logging.AddSiloConsole(settings);

    private void ConfigureClustering(ISiloBuilder silo)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Cluster, settings.Service));
        silo.Configure<SiloOptions>(options => options.SiloName = Name);
        silo.ConfigureEndpoints(
            settings.Address,
            settings.SiloPort,
            settings.GatewayPort,
            listenOnAnyHostAddress: !IPAddress.IsLoopback(settings.Address)
        );
        switch (settings.Membership)
        {
            case MembershipKind.Store:
                silo.UseArtifactMembership();
                break;
            case MembershipKind.Tables:
                var tables = AccountTables.Open(settings.Store, Environment.GetEnvironmentVariable);
                silo.UseAzureStorageClustering(options => options.TableServiceClient = tables);
                break;
            default:
                silo.UseDevelopmentClustering(settings.Primary!);
                break;
        }
    }

    /// <summary>Two clusters on one store would each believe that all of its sweeps are theirs.</summary>
    private async Task RefuseSecondClusterAsync(IArtifactStore store)
    {
        if (settings.Membership != MembershipKind.Store)
            return;
        await foreach (var other in ActiveClusters.ListAsync(store, TimeProvider.System))
        {
            if (other.Id != settings.Cluster)
                throw new BadInputException(
                    $"the store ({store.Description}) serves the cluster '{other.Id}', whose {other.Silos} silos were heard of at {other.LastHeard:u}; join it with --cluster {other.Id}, or choose another store."
                );
        }
    }

    private (string Sentence, int Code) Explain(Exception failure) =>
        failure switch
        {
            DeviceLostException => (failure.Message, DeviceLost),
            BadInputException or ArgumentException => (failure.Message, BadInput),
            StoreException { Kind: StoreFailure.Unavailable } => (failure.Message, Failed),
            StoreException => (failure.Message, BadInput),
            SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => (
                $"a port of this silo ({string.Join(", ", Ports)}) is in use by another process; give the silo others with --silo-port, --gateway-port, --web-port and --metrics-port.",
                BadInput
            ),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => (
                $"{settings.Address} is no address of this machine; set address to one.",
                BadInput
            ),
            { InnerException: { } inner } => Explain(inner),
            _ => ($"the silo ended ({failure.Message.TrimEnd('.')}); what it logged says more.", Failed),
        };

    [LoggerMessage(LogLevel.Warning, "{Unused}")]
    private static partial void LogUnused(ILogger logger, string unused);

    [LoggerMessage(
        LogLevel.Information,
        "A silo ({Role}) of the cluster {Cluster} is up at {Address}, silo port {SiloPort}, gateway port {GatewayPort}, with the store {Store}."
    )]
    private static partial void LogUp(
        ILogger logger,
        SiloRole role,
        string cluster,
        IPAddress address,
        int siloPort,
        int gatewayPort,
        string store
    );
}
