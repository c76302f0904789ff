using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Telemetry;

[Collection(TensorsCollection.Name)]
public sealed class OtlpTests
{
    private static readonly string[] OfPmsfc = ["queue", "load", "discover", "optimize", "evaluate", "store"];
    private static readonly string[] OfMganprior = ["queue", "load", "optimize", "evaluate", "store"];

    [Fact]
    public async Task Sweep_WithAnEndpoint_SendsATraceForEachJobLinkedToTheSweepAndLogsItsIds()
    {
        await using var receiver = new OtlpReceiver();
        var store = new MemoryStore();
        await TinyGenerator.Store(store);
        var image = await TinyGenerator.StoreImage(store, 1);
        var log = new TracedLines();
        string sweepTrace;
        SweepPlan plan;
        Dictionary<string, JobStatus> statuses = [];
        await using (
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Store = store,
                    Devices = [new DeviceOptions { Threads = 1, MemoryBytes = 1L << 30 }],
                    Configure = builder =>
                    {
                        builder.Logging.AddProvider(log);
                        builder.Configuration.AddInMemoryCollection(
                            new Dictionary<string, string?>
                            {
                                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint,
                                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                            }
                        );
                    },
                }
            )
        )
        {
            using var sweep = PmSFCTelemetry.Activities.StartActivity(PmSFCTelemetry.SweepSpan)!;
            sweepTrace = sweep.TraceId.ToHexString();
            plan = await Sweeps.Plan(cluster, Sweeps.Spec([image], Sweeps.Pmsfc(30), Sweeps.Mganprior(30)));
            await Sweeps.Run(cluster, plan, e => e.Finished, sweep.Id);
            foreach (var job in plan.Jobs())
                statuses[job.Spec.Id] = await cluster.Grains.GetGrain<IInversionJobGrain>(job.Spec.Id).GetStatus();
        }

        var spans = receiver
            .Requests.Where(request => request.Path == "/v1/traces")
            .SelectMany(request => OtlpSpan.Read(request.Body))
            .ToArray();
        spans.Where(span => span.TraceId == sweepTrace).ShouldHaveSingleItem().Name.ShouldBe("sweep");
        foreach (var job in plan.Jobs())
        {
            var root = spans.Where(span => span.Name == "job" && span.Attributes["pmsfc.id"] == job.Spec.Id).ShouldHaveSingleItem();
            root.ParentId.ShouldBe("");
            root.LinkedTraces.ShouldBe([sweepTrace]);
            root.Attributes["pmsfc.outcome"].ShouldBe("succeeded");
            root.Attributes["pmsfc.sweep.id"].ShouldBe(plan.Id);
            root.Attributes["pmsfc.method"].ShouldBe(job.Spec.Method);
            statuses[job.Spec.Id].TraceId.ShouldBe(root.TraceId);
            Children(spans, root).ShouldBe(job.Spec.SubspaceSetId is null ? OfMganprior : OfPmsfc);
            var optimize = spans.Single(span => span.Name == "optimize" && span.ParentId == root.SpanId);
            (optimize.Attributes["pmsfc.iteration.first"], optimize.Attributes["pmsfc.iteration.last"]).ShouldBe(("0", "30"));
            var settled = log.Lines.Where(line => line.Message == $"{job.Spec.Id}: Succeeded").ShouldHaveSingleItem();
            (settled.TraceId, settled.SpanId).ShouldBe((root.TraceId, root.SpanId));
        }

        var exemplars = receiver
            .Requests.Where(request => request.Path == "/v1/metrics")
            .SelectMany(request => OtlpMetric.Read(request.Body))
            .Where(metric => metric.Name == "pmsfc.jobs")
            .SelectMany(metric => metric.Exemplars["succeeded"])
            .ToArray();
        exemplars.ShouldNotBeEmpty();
        exemplars.ShouldBeSubsetOf(spans.Where(span => span.ParentId == "" && span.Name != "sweep").Select(span => span.TraceId));

        var discovery = spans.Where(span => span.Name == "discovery").ShouldHaveSingleItem();
        discovery.LinkedTraces.ShouldBe([sweepTrace]);
        Children(spans, discovery).ShouldBe(["queue", "load", "discover", "store"]);
        log.Lines.Where(line => line.Message.EndsWith("takes work, 1.0 GiB at a time.", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .TraceId.ShouldBeNull();
    }

    /// <summary>Names in the order of time; each must lie within its parent and after the one before.</summary>
    private static string[] Children(OtlpSpan[] spans, OtlpSpan root)
    {
        var children = spans
            .Where(span => span.TraceId == root.TraceId && span.SpanId != root.SpanId)
            .OrderBy(span => span.Start)
            .ToArray();
        children.ShouldAllBe(child => child.ParentId == root.SpanId && child.Start >= root.Start && child.End <= root.End);
        foreach (var (before, after) in children.Zip(children.Skip(1)))
            after.Start.ShouldBeGreaterThanOrEqualTo(before.End);
        return [.. children.Select(child => child.Name)];
    }
}
