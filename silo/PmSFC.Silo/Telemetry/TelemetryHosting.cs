using Microsoft.Extensions.Configuration;
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
        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointVariable]))
            return;
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddPmSFC(builder.Configuration))
            .WithTracing(tracing => tracing.AddSource(PmSFCTelemetry.Name).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddPmSFC().AddOtlpExporter());
    }

    /// <summary>What emits: the product, under the name that <c>OTEL_SERVICE_NAME</c> gives it.</summary>
    public static ResourceBuilder AddPmSFC(this ResourceBuilder resource, IConfiguration configuration) =>
        resource.AddService(configuration[ServiceNameVariable] is { Length: > 0 } given ? given : "pmsfc", serviceVersion: Product.Version);

    /// <summary>The meters whose metrics leave a process: the product's and Orleans' own. What is counted within a span names it by an exemplar.</summary>
    public static MeterProviderBuilder AddPmSFC(this MeterProviderBuilder metrics) =>
        metrics.AddMeter(PmSFCTelemetry.Name, "Microsoft.Orleans").SetExemplarFilter(ExemplarFilterType.TraceBased);
}
