using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using PmSFC.Silo.Telemetry;

namespace PmSFC.SiloHost.Web;

/// <summary>Gives a silo its web port.</summary>
internal static class WebHosting
{
    /// <summary>Adds the server, and the metrics that it shows whether or not they are sent elsewhere too.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="options">Its ports, and who may use the API.</param>
    public static void AddWebServer(this IHostApplicationBuilder builder, WebServerOptions options)
    {
        // Started first and so stopped last: it answers "draining" until the silo has left.
        builder.Services.AddHostedService(provider => new WebServer(options, provider));
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddPmSFC(builder.Configuration))
            .WithMetrics(metrics => metrics.AddPmSFC().AddPrometheusExporter());
    }
}
