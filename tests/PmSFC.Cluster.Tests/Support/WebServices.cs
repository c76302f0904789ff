using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using PmSFC.Abstractions.Devices;
using PmSFC.Silo.Devices;
using PmSFC.SiloHost.Web;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>A web server before a silo that is made up, with no device and no work.</summary>
internal sealed class WebServices : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly WebServer _web;

    private WebServices(WebServerOptions options)
    {
        var grains = Substitute.For<IGrainFactory>();
        var pool = Substitute.For<IDevicePoolGrain>();
        pool.GetStatus(Arg.Any<CancellationToken>())
            .Returns(
                new PoolStatus
                {
                    Queued = 0,
                    Leased = 0,
                    OldestLease = TimeSpan.Zero,
                    Loads = [],
                    Devices = [],
                }
            );
        grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).Returns(pool);
        var silo = Substitute.For<ISiloStatusOracle>();
        silo.CurrentStatus.Returns(SiloStatus.Active);
        _services = new ServiceCollection()
            .AddSingleton(Substitute.For<IHostApplicationLifetime>())
            .AddSingleton(silo)
            .AddSingleton(grains)
            .AddSingleton(new DeviceHealth())
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Substitute.For<IArtifactStore>())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(Sdk.CreateMeterProviderBuilder().AddPrometheusExporter().Build())
            .BuildServiceProvider();
        _web = new WebServer(options, _services);
    }

    public static async Task<WebServices> StartAsync(WebServerOptions options)
    {
        var server = new WebServices(options);
        await server._web.StartAsync(CancellationToken.None);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await _services.DisposeAsync();
    }
}
