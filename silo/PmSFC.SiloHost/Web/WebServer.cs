using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using PmSFC.Silo.Hosting;
using PmSFC.Web.Api;

namespace PmSFC.SiloHost.Web;

/// <summary>
/// What a silo answers over HTTP: health for probes, metrics for Prometheus, what the queue holds for autoscalers, and the API. All of it is at the web port, or, where the metrics have
/// a port of their own, health and the API at the one, which may then be open to people, and health, metrics and the queue at the other.
/// </summary>
/// <remarks>
/// A host of its own inside the silo's: ASP.NET Core starts its server after all other services and stops it before them, but probes are to be answered
/// while the silo joins its cluster and until it has left. Two ports are two applications, so that no route of the one can be asked for at the other.
/// </remarks>
/// <param name="options">The ports, and who may use the API.</param>
/// <param name="silo">The services of the silo.</param>
internal sealed class WebServer(WebServerOptions options, IServiceProvider silo) : IHostedService, IAsyncDisposable
{
    private const string Health = "/healthz/live, /healthz/ready",
        Load = "/metrics or /queue",
        Api = "/ for the page, or /openapi/v1.json, which has the paths of the API";

    private readonly List<WebApplication> _servers = [];

    /// <summary>What is answered, once the server has started.</summary>
    internal IReadOnlyList<Endpoint> Endpoints =>
        [.. _servers.Cast<IEndpointRouteBuilder>().SelectMany(server => server.DataSources).SelectMany(source => source.Endpoints)];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Port > 0)
            _servers.Add(BuildWeb());
        if (options.MetricsPort > 0)
            _servers.Add(BuildMetrics());
        foreach (var server in _servers)
            await server.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_servers.Select(server => server.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private WebApplication BuildWeb()
    {
        var builder = CreateBuilder(options.Port, listen =>
        {
            if (options.Certificate is { } certificate)
                listen.UseHttps(certificate, options.HeaderPatience);
        });
        if (options.Access is { } access)
            builder.Services.AddApi(silo, access, silo.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);

        var web = builder.Build();
        if (options.Certificate is not null)
            web.UseStrictTransport();
        if (options.Access is not null)
            web.MapApi(Submissions.Accepted);
        MapHealth(web);
        if (options.MetricsPort == 0)
            MapLoad(web);
        RefuseOthers(
            web,
            (options.MetricsPort, options.Access) switch
            {
                (0, null) => $"{Health}, {Load}",
                (0, _) => $"{Health}, {Load.Replace(" or", ",", StringComparison.Ordinal)}, {Api}",
                (_, null) => Health.Replace(",", " or", StringComparison.Ordinal),
                _ => $"{Health}, {Api}",
            }
        );
        return web;
    }

    private WebApplication BuildMetrics()
    {
        var server = CreateBuilder(options.MetricsPort, _ => { }).Build();
        MapHealth(server);
        MapLoad(server);
        RefuseOthers(server, $"{Health}, {Load}");
        return server;
    }

    private WebApplicationBuilder CreateBuilder(int port, Action<ListenOptions> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "pmsfc-silo" });
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                ApiHosting.Bound(kestrel, options.HeaderPatience);
                kestrel.ListenAnyIP(port, listen);
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(silo.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        return builder;
    }

    private void MapHealth(WebApplication server)
    {
        var health = ActivatorUtilities.CreateInstance<HealthEndpoints>(silo);
        server.MapGet("/healthz/live", health.AnswerLiveAsync).AllowAnonymous();
        server.MapGet("/healthz/ready", health.AnswerReadyAsync).AllowAnonymous();
    }

    private void MapLoad(WebApplication server)
    {
        var queue = ActivatorUtilities.CreateInstance<QueueEndpoint>(silo);
        server.MapGet("/queue", queue.AnswerAsync).AllowAnonymous();
        server
            .MapPrometheusScrapingEndpoint(
                "/metrics",
                silo.GetRequiredService<MeterProvider>(),
                configureBranchedPipeline: null,
                optionsName: null
            )
            .AllowAnonymous();
    }

    // No fallback endpoint: it would answer other methods of known paths too.
    private static void RefuseOthers(WebApplication server, string paths) =>
        server.Use(
            (context, next) =>
                context.GetEndpoint() is null
                    ? PlainText.WriteAsync(context.Response, StatusCodes.Status404NotFound, $"ask for {paths}")
                    : next(context)
        );
}
