using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Hosting;

namespace PmSFC.Silo.Telemetry;

/// <summary>Sends spans and metrics by OTLP where the standard variable says where to.</summary>
public static class TelemetryHosting
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";

    /// <summary>Adds the exporters if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is configured; else nothing listens.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointVariable])) return;
        var serviceName = builder.Configuration[ServiceNameVariable] is { Length: > 0 } given ? given : "pmsfc";
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: Product.Version))
            .WithTracing(tracing => tracing.AddSource(PmSFCTelemetry.Name).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(PmSFCTelemetry.Name, "Microsoft.Orleans").AddOtlpExporter());
    }
}
