using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using PmSFC.Silo.Hosting;
using PmSFC.Web.Api;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost.Web;

/// <summary>The silo's one web port: health for probes, metrics for Prometheus, what the queue holds for autoscalers, and the API. It speaks plain HTTP.</summary>
/// <remarks>
/// A host of its own inside the silo's: ASP.NET Core starts its server after all other services and stops it before them, but probes are to be answered
/// while the silo joins its cluster and until it has left.
/// </remarks>
/// <param name="port">The port, of all addresses.</param>
/// <param name="silo">The services of the silo.</param>
/// <param name="tokens">Who may use the API, or null where there is none.</param>
internal sealed class WebServer(int port, IServiceProvider silo, TokenFile? tokens) : IHostedService, IAsyncDisposable
{
    private const string Paths = "ask for /healthz/live, /healthz/ready, /metrics or /queue";
    private const string PathsWithApi = "ask for /healthz/live, /healthz/ready, /metrics, /queue, / for the page, or /openapi/v1.json, which has the paths of the API";

    private WebApplication? _web;

    /// <summary>What is answered, once the server has started.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => [.. ((IEndpointRouteBuilder)_web!).DataSources.SelectMany(source => source.Endpoints)];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "pmsfc-silo" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            ApiHosting.Bound(kestrel);
            kestrel.ListenAnyIP(port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(silo.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        if (tokens is not null) builder.Services.AddApi(silo, tokens);

        _web = builder.Build();
        if (tokens is not null) _web.MapApi(Submissions.Accepted);
        var health = ActivatorUtilities.CreateInstance<HealthEndpoints>(silo);
        var queue = ActivatorUtilities.CreateInstance<QueueEndpoint>(silo);
        _web.MapGet("/healthz/live", health.AnswerLiveAsync).AllowAnonymous();
        _web.MapGet("/healthz/ready", health.AnswerReadyAsync).AllowAnonymous();
        _web.MapGet("/queue", queue.AnswerAsync).AllowAnonymous();
        _web.MapPrometheusScrapingEndpoint("/metrics", silo.GetRequiredService<MeterProvider>(), configureBranchedPipeline: null, optionsName: null).AllowAnonymous();
        // No fallback endpoint: it would answer other methods of known paths too.
        _web.Use((context, next) => context.GetEndpoint() is null ? PlainText.WriteAsync(context.Response, StatusCodes.Status404NotFound, tokens is null ? Paths : PathsWithApi) : next(context));
        await _web.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _web?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _web?.DisposeAsync() ?? ValueTask.CompletedTask;
}
