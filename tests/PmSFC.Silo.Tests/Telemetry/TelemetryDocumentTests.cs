using Microsoft.Extensions.Configuration;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>The tables of <c>docs/telemetry.md</c> against what a sweep emits that does all that spans are for: nothing is missing there, and nothing too much.</summary>
[Collection(TensorsCollection.Name)]
public sealed class TelemetryDocumentTests
{
    [Fact]
    public async Task Tables_OfSpansAndMetrics_AreWhatASweepEmits()
    {
        await using var receiver = new OtlpReceiver();
        await RunAsync(receiver);

        var spans = receiver
            .Requests.Where(request => request.Path == "/v1/traces")
            .SelectMany(request => OtlpSpan.Read(request.Body))
            .ToArray();
        // A job fails here and no preparation: what an attempt has with a failure alone is the same for all.
        string[] ofFailures = spans.Any(span => span.Attributes.ContainsKey("pmsfc.failure")) ? ["pmsfc.failure"] : [];
        spans
            .GroupBy(span => span.Name)
            .Select(alike =>
                $"{alike.Key}: {Text(alike.SelectMany(span => span.Attributes.Keys).Concat(alike.Any(span => span.ParentId.Length == 0) ? ofFailures : []))}"
            )
            .Order()
            .ShouldBe(TelemetryTables.Spans.Where(row => row.Where == "silo").Select(row => $"{row.Name}: {Text(row.Attributes)}").Order());

        var metrics = receiver
            .Requests.Where(request => request.Path == "/v1/metrics")
            .SelectMany(request => OtlpMetric.Read(request.Body))
            .Where(metric => metric.Name.StartsWith("pmsfc.", StringComparison.Ordinal));
        metrics
            .GroupBy(metric => $"{metric.Name}: {metric.Kind}, {metric.Unit}")
            .Select(alike => $"{alike.Key}: {Text(alike.SelectMany(metric => metric.Attributes))}")
            .Order()
            .ShouldBe(TelemetryTables.Metrics.Select(row => $"{row.Name}: {row.Kind}, {row.Unit}: {Text(row.Attributes)}").Order());
    }

    private static string Text(IEnumerable<string> names) => string.Join(' ', names.Distinct().Order(StringComparer.Ordinal));

    /// <summary>A sweep with discoveries, one of which reads statistics, a training, jobs that succeed, and one that fails.</summary>
    private static async Task RunAsync(OtlpReceiver receiver)
    {
        var store = new MemoryStore();
        await TinyGenerator.Store(store);
        var image = await TinyGenerator.StoreImage(store, 1);
        await using var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions
            {
                Store = store,
                Devices = [new DeviceOptions { Threads = 1 }],
                // The first of a name is the one that workloads take.
                Engine = EngineCatalog.BuiltIn with
                {
                    Methods =
                    [
                        new HookedMethod(new MganpriorMethod(), _ => throw new BadInputException("The test has it so.")),
                        .. EngineCatalog.BuiltIn.Methods,
                    ],
                },
                Configure = builder =>
                {
                    builder.Configuration.AddInMemoryCollection(
                        new Dictionary<string, string?>
                        {
                            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint,
                            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                        }
                    );
                },
            }
        );
        var training = new TrainingSpec { Settings = Sweeps.Settings(("iterations", ["5"]), ("batch", ["2"]), ("width", ["4"])) };
        var plan = await Sweeps.Plan(
            cluster,
            Sweeps.Spec(
                [image],
                Sweeps.Pmsfc(10),
                Sweeps.Pmsfc(10) with
                {
                    Label = "moments",
                    Subspaces = Sweeps.Discovery("moments", ("subspaces", ["3"])),
                },
                Sweeps.Mganprior(10),
                Sweeps.GenVisMani(5) with
                {
                    Network = training,
                }
            )
        );
        await Sweeps.Run(cluster, plan, e => e.Finished);
    }
}
