using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Kubernetes.Tests;
using PmSFC.Storage.Tests;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>Every panel and every alert of <c>k8s/components/monitoring</c> on a real Prometheus that scrapes real silos, in the scenario that it is for.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class PrometheusTests(Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [FactNeeding<Azurite, PrometheusFaults>]
    public async Task PanelsAndAlerts_OfALocalCluster_HaveDataAndFireInTheirScenarios()
    {
        // A row for each device, which takes all of it as a batch.
        var sweep = new TinySweep("watched", Rows: 2, Images: 8, Iterations: 1_000_000);
        using var azurite = Azurite.In(workshop.PathOf("watched-azurite"));
        using var proxy = new FaultProxy(azurite.Endpoint);
        using var cluster = new ProcessCluster(azurite, workshop, new ProcessClusterOptions { Endpoint = proxy.Endpoint });
        await cluster.StartAsync("control", "device", "device");
        var (control, killed, stopped) = (cluster.Silos[0], cluster.Silos[1], cluster.Silos[2]);
        using var kubernetes = new ForeignSeries();
        using var prometheus = new PrometheusServer(workshop.PathOf("prometheus"), cluster.Silos, kubernetes.Port);
        var clock = Stopwatch.StartNew();
        using var client = await sweep.SubmitAsync(cluster, workshop);
        foreach (var device in new[] { killed, stopped })
            await client.UntilAsync(job => job is { State: "running", Iteration: > 1 } && job.Device == device.Device);
        await UntilAsync("rate(pmsfc_iterations_total[1m]) > 0");

        var panels = Monitoring
            .Dashboards()
            .SelectMany(board => Monitoring.Expressions(board.Value).Select(panel => (Board: board.Key, panel.Panel, panel.Expression)))
            .ToList();
        // Ended jobs and alerts are there later.
        var (later, now) = (panels.Where(IsOfLater).ToList(), panels.Where(panel => !IsOfLater(panel)).ToList());
        foreach (var panel in now)
            await UntilAsync(panel.Expression);
        Say($"{now.Count} expressions of panels have data");
        (await prometheus.FiringAsync()).ShouldBeEmpty();

        cluster.Iterations.Hang();
        await FiresAsync("PmsfcNoProgress");
        cluster.Iterations.GoOn();
        await UntilAsync("rate(pmsfc_iterations_total[1m]) > 0");

        await killed.KillAsync();
        await FiresAsync("PmsfcDeviceLost");
        await FiresAsync("PmsfcSiloDown");
        await FiresAsync("PmsfcLeaseChurn");
        foreach (var panel in later)
            await UntilAsync(panel.Expression);
        Say($"{later.Count} more expressions of panels have data");

        stopped.Signal("STOP");
        await FiresAsync("PmsfcQueueWithoutDevices");
        stopped.Signal("CONT");
        // Its cluster has given it up: it ends itself when it finds that out.
        if (await stopped.DiesAsync(TimeSpan.FromSeconds(24)))
            await cluster.Restart(stopped).ReadyAsync();
        await UntilAsync("pmsfc_devices > 0");

        (await prometheus.FiringAsync()).ShouldNotContain("PmsfcStoreErrors");
        await proxy.StrikeAsync(StoreFault.Gone, () => FiresAsync("PmsfcStoreErrors"));

        (await prometheus.FiringAsync()).ShouldNotContain("PmsfcNightlyFailed");
        kubernetes.HasNightlyFailed = true;
        await FiresAsync("PmsfcNightlyFailed");
        kubernetes.SinceNightlySucceeded = TimeSpan.FromHours(27);
        await FiresAsync("PmsfcNightlyMissing");

        (await prometheus.FiringAsync()).ShouldNotContain("PmsfcNoControlSilo");
        await control.KillAsync();
        await FiresAsync("PmsfcNoControlSilo");
        _fired.Order().ShouldBe(Monitoring.Alerts().Select(alert => alert["alert"].ToString()).Order(), "each alert has its scenario here");

        async Task FiresAsync(string alert)
        {
            await prometheus.UntilFiringAsync(alert, Patience);
            _fired.Add(alert);
            Say($"{alert} fires");
        }

        async Task UntilAsync(string expression)
        {
            var began = Stopwatch.GetTimestamp();
            while (await prometheus.CountAsync(expression) == 0)
            {
                Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, $"no data: {expression}\n{cluster.Logs()}");
                await Task.Delay(200);
            }
        }

        void Say(string what) => output.WriteLine($"{clock.Elapsed.TotalSeconds, 6:0.0} s: {what}");
    }

    private readonly List<string> _fired = [];

    private static bool IsOfLater((string Board, string Panel, string Expression) panel) =>
        panel.Expression.StartsWith("ALERTS", StringComparison.Ordinal);
}
