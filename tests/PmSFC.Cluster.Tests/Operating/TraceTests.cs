using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Silo.Tests.Telemetry;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>Traces of processes that make up a cluster.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TraceTests(Azurite azurite, Workshop workshop) : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [FactNeeding<Azurite>]
    public async Task Sweep_OfAClient_IsASpanThatTheJobsOfTheDevicesLinkTo()
    {
        await using var receiver = new OtlpReceiver();
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Telemetry = receiver.Endpoint });
        await cluster.StartAsync("control", "device");
        var sweep = new TinySweep("traced", Rows: 1, Images: 2, Iterations: 20);
        using var client = await sweep.SubmitAsync(cluster, workshop);
        await client.DoneAsync();

        var trace = Named("sweep").ShouldHaveSingleItem("the client has ended, so its span has left").TraceId;
        using var patience = new CancellationTokenSource(Patience);
        while (Named("job").Length < sweep.Jobs)
            await Task.Delay(100, patience.Token);
        Named("job").ShouldAllBe(job => job.LinkedTraces.Length == 1 && job.LinkedTraces[0] == trace);

        OtlpSpan[] Named(string name) =>
            [
                .. receiver
                    .Requests.Where(request => request.Path == "/v1/traces")
                    .SelectMany(request => OtlpSpan.Read(request.Body))
                    .Where(span => span.Name == name),
            ];
    }

    [FactNeeding<Azurite, AspireDashboard>]
    public async Task Sweep_InARealDashboard_IsATreeOfSpansForEachJob()
    {
        using var dashboard = new AspireDashboard();
        await dashboard.ReadyAsync(Patience);
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Telemetry = dashboard.Endpoint });
        await cluster.StartAsync("control", "device");
        var sweep = new TinySweep("shown", Rows: 1, Images: 2, Iterations: 20);
        using var client = await sweep.SubmitAsync(cluster, workshop);
        await client.DoneAsync();

        using var patience = new CancellationTokenSource(Patience);
        IReadOnlyList<AspireDashboard.Span> spans = [];
        while (spans.Count(span => span.Name == "job") < sweep.Jobs || spans.All(span => span.Name != "sweep"))
        {
            await Task.Delay(200, patience.Token);
            spans = await dashboard.SpansAsync();
        }

        var trace = spans.Where(span => span.Name == "sweep").ShouldHaveSingleItem().TraceId;
        foreach (var job in spans.Where(span => span.Name == "job"))
        {
            job.LinkedTraces.ShouldBe([trace]);
            spans
                .Where(span => span.ParentId == job.SpanId)
                .Select(span => span.Name)
                .ShouldBe(["queue", "load", "optimize", "evaluate", "store"], ignoreOrder: true);
        }
    }
}
