using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using PmSFC.Silo.Telemetry;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost.Web;

/// <summary>Gives a silo its web port.</summary>
internal static class WebHosting
{
    /// <summary>Adds the server, and the metrics that it shows whether or not they are sent elsewhere too.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="port">The port.</param>
    /// <param name="tokens">Who may use the API, or null where there is none.</param>
    public static void AddWebServer(this IHostApplicationBuilder builder, int port, TokenFile? tokens)
    {
        // Started first and so stopped last: it answers "draining" until the silo has left.
        builder.Services.AddHostedService(provider => new WebServer(port, provider, tokens));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddPmSFC(builder.Configuration))
            .WithMetrics(metrics => metrics.AddPmSFC().AddPrometheusExporter());
    }
}
