using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using PmSFC.Silo.Hosting;

namespace PmSFC.SiloHost.Web;

/// <summary>The silo's one web port: health for probes, metrics for Prometheus, and what the queue holds for autoscalers. It speaks plain HTTP.</summary>
/// <remarks>
/// A host of its own inside the silo's: ASP.NET Core starts its server after all other services and stops it before them, but probes are to be answered
/// while the silo joins its cluster and until it has left.
/// </remarks>
/// <param name="port">The port, of all addresses.</param>
/// <param name="silo">The services of the silo.</param>
internal sealed class WebServer(int port, IServiceProvider silo) : IHostedService, IAsyncDisposable
{
    private const string Paths = "ask for /healthz/live, /healthz/ready, /metrics or /queue";

    private WebApplication? _web;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "pmsfc-silo" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(silo.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();

        _web = builder.Build();
        var health = ActivatorUtilities.CreateInstance<HealthEndpoints>(silo);
        var queue = ActivatorUtilities.CreateInstance<QueueEndpoint>(silo);
        _web.MapGet("/healthz/live", health.AnswerLiveAsync);
        _web.MapGet("/healthz/ready", health.AnswerReadyAsync);
        _web.MapGet("/queue", queue.AnswerAsync);
        _web.MapPrometheusScrapingEndpoint("/metrics", silo.GetRequiredService<MeterProvider>(), configureBranchedPipeline: null, optionsName: null);
        // No fallback endpoint: it would answer other methods of known paths too.
        _web.Use((context, next) => context.GetEndpoint() is null ? PlainText.WriteAsync(context.Response, StatusCodes.Status404NotFound, Paths) : next(context));
        await _web.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _web?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _web?.DisposeAsync() ?? ValueTask.CompletedTask;
}
