using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>The manifests, installed.</summary>
public sealed partial class InstallationTests(Installation installation) : IClassFixture<Installation>
{
    private static readonly TimeSpan Shortly = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Night = TimeSpan.FromMinutes(15);

    [FactNeeding<Installation>]
    public void Pods_OfTheInstallation_AreReadyUnderRestrictedPodSecurity()
    {
        installation.Ready("control").Count.ShouldBe(3);
        installation.Ready("device").Count.ShouldBe(2);
        installation.Ready("store").Count.ShouldBe(1);

        var (code, _, error) = Kubectl.Try($"kubectl -n {installation.Namespace} run root --image=pmsfc --dry-run=server --privileged");
        code.ShouldNotBe(0);
        error.ShouldContain("violates PodSecurity \"restricted");
    }

    [FactNeeding<Installation>]
    public async Task Ports_OfTheInstallation_AnswerWhatEachIsFor()
    {
        using var web = new ForwardedPort(installation.Namespace, "web", 8080);
        using var metrics = new ForwardedPort(installation.Namespace, "metrics", 8081);

        (await web.Client.GetStringAsync("")).ShouldContain("/page/app.js");
        (await web.Client.GetAsync("page/app.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await web.Client.GetAsync("api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await metrics.Client.GetStringAsync("metrics")).ShouldContain("# TYPE");
        (await metrics.Client.GetStringAsync("queue")).ShouldContain("deviceSeconds");
        (await metrics.Client.GetAsync("")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        foreach (var port in new[] { web, metrics })
            port.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Installation.Secret);
        JsonNode.Parse(await web.Client.GetStringAsync("api/v1/me"))!["name"]!.GetValue<string>().ShouldBe("anna");
        JsonNode.Parse(await web.Client.GetStringAsync("api/v1/devices"))!["devices"]!.AsArray().ShouldNotBeEmpty();
        foreach (var path in new[] { "metrics", "queue" })
            (await web.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        (await metrics.Client.GetAsync("api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [FactNeeding<Installation>]
    public async Task GpuPods_MoreThanTheClusterHasGpus_ArePendingAndSayWhy()
    {
        var gpus = installation
            .Run("kubectl get nodes -o jsonpath='{.items[*].status.allocatable.nvidia\\.com/gpu}'")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Sum(count => int.Parse(count, CultureInfo.InvariantCulture));
        installation.Run($"kubectl -n {installation.Namespace} scale deployment device-gpu --replicas={gpus + 1}");

        JsonNode? condition = null;
        await installation.UntilAsync("a pod cannot be placed", Shortly, () =>
        {
            condition = installation
                .Get("pods -l pmsfc/device=gpu")
                .Select(pod => Installation.Condition(pod, "PodScheduled"))
                .FirstOrDefault(found => found?["status"]?.GetValue<string>() == "False");
            return condition is not null;
        });

        condition!["reason"]!.GetValue<string>().ShouldBe("Unschedulable");
        condition["message"]!
            .GetValue<string>()
            .ShouldContain(gpus == 0 ? "didn't match Pod's node affinity/selector" : "Insufficient nvidia.com/gpu");
    }

    /// <summary>The commands of the operations document that name no pod, no node and no operator's object.</summary>
    [FactNeeding<Installation>]
    public void Commands_OfTheRunbook_DoWhatTheySay()
    {
        var commands = OperationsDocument
            .Commands()
            .Where(command =>
                command.StartsWith("kubectl ", StringComparison.Ordinal)
                && !command.EndsWith('|')
                && !command.EndsWith('&')
                && !Placeholder().IsMatch(command)
                && !command.Contains("scaledobject", StringComparison.Ordinal)
                && !command.Contains("job/look", StringComparison.Ordinal)
                && !command.Contains("job look", StringComparison.Ordinal)
                && !command.Contains("device-gpu", StringComparison.Ordinal)
                && !command.Contains("rollout undo", StringComparison.Ordinal)
            )
            .Distinct()
            .ToList();

        commands.Count.ShouldBeGreaterThan(10);
        foreach (var command in commands)
        {
            // What is looked for is not there in a healthy cluster.
            var (code, output, error) = Kubectl.Try(InNamespace(command.Split("| grep")[0]));
            code.ShouldBe(0, $"{command}: {error}");
            error.ShouldNotContain("deprecated");
            (output + error).Trim().ShouldNotBeEmpty(command);
        }
    }

    [FactNeeding<Installation>]
    public void CommandsInTheCluster_LineByLine_SayWhatTheCommandSays()
    {
        var output = installation.Run(
            $"set -e\n{InNamespace(string.Join('\n', OperationsDocument.Commands("### Commands in the cluster")))}"
        );

        output.ShouldMatch(
            "\\Ajob.batch/look created\njob.batch/look condition met\n(.*There is no sweep in .*; start one with 'sweep run'\\.|.*nightly.*)\n(.*\n)*job.batch \"look\" deleted"
        );
    }

    [FactNeeding<Installation>]
    public async Task Nightly_OnItsScheduleWhileDevicesAreRolledAndNodesDrained_Completes()
    {
        Suspend(suspended: false);
        var job = "";
        await installation.UntilAsync("the CronJob makes a job", Shortly, () =>
        {
            job = installation
                .Get("jobs")
                .Select(found => found["metadata"]!["name"]!.GetValue<string>())
                .FirstOrDefault(name => name.StartsWith("nightly-", StringComparison.Ordinal))
                ?? "";
            return job.Length > 0;
        });
        Suspend(suspended: true);
        await WorkingAsync(job);

        installation.Run($"kubectl -n {installation.Namespace} rollout restart deployment/device-cpu");
        installation.Run($"kubectl -n {installation.Namespace} rollout status deployment/device-cpu --timeout 5m");
        var node = installation.Get("pods -l app.kubernetes.io/component=device,pmsfc/device=cpu")[0]["spec"]![
            "nodeName"
        ]!.GetValue<string>();
        try
        {
            // With one node there is nowhere to go, so the disruption budget of the control silos keeps the drain from its end.
            var (code, _, error) = Kubectl.Try(
                $"kubectl drain {node} --ignore-daemonsets --delete-emptydir-data --timeout 60s --pod-selector pmsfc/installation={installation.Namespace},app.kubernetes.io/name=pmsfc"
            );
            if (code != 0)
                error.ShouldContain("disruption budget");
            installation.Ready("control").Count.ShouldBeGreaterThanOrEqualTo(2);
        }
        finally
        {
            installation.Run($"kubectl uncordon {node}");
        }

        await installation.CompletedAsync(job, Night);
        await VerifyAsync("drained");
        await AllReadyAsync();
    }

    [FactNeeding<Installation>]
    public async Task Nightly_WhilePodsAreKilled_CompletesAndComputesNothingTheNextTime()
    {
        // Another spec than the schedule's, so that there is something to compute.
        var spec = NightlyInput.Shortened(
            await File.ReadAllTextAsync(Path.Combine(Manifests.Folder, "components", "nightly", "nightly.yaml")),
            iterations: 151
        );
        installation.Run($"kubectl -n {installation.Namespace} create configmap killed --from-file=nightly.yaml=/dev/stdin", spec);
        const string otherSpec = """[{"op": "replace", "path": "/spec/template/spec/volumes/0/configMap/name", "value": "killed"}]""";
        installation.StartClient("killed", otherSpec);

        var device = await WorkingAsync("killed");
        foreach (var victim in new[] { device, installation.Ready("control")[0] })
            installation.Run($"kubectl -n {installation.Namespace} delete pod {victim} --grace-period=0 --force");

        await installation.CompletedAsync("killed", Night);
        await VerifyAsync("verify-killed");

        installation.StartClient("again", otherSpec);
        await installation.CompletedAsync("again", Shortly);
        Working("again").ShouldBeEmpty();
        await AllReadyAsync();
    }

    private string InNamespace(string command) => command.Replace("-n pmsfc", $"-n {installation.Namespace}", StringComparison.Ordinal);

    private void Suspend(bool suspended) =>
        installation.Run(
            $$$"""kubectl -n {{{installation.Namespace}}} patch cronjob nightly -p '{"spec": {"suspend": {{{(suspended ? "true" : "false")}}}}}'"""
        );

    private async Task VerifyAsync(string name)
    {
        installation.StartClient(name, "[]", "sweep", "verify");
        await installation.CompletedAsync(name, Shortly);
    }

    private async Task AllReadyAsync()
    {
        foreach (var deployment in new[] { "control", "device-cpu" })
            installation.Run($"kubectl -n {installation.Namespace} rollout status deployment/{deployment} --timeout 3m");
        await installation.UntilAsync("all silos are ready", Shortly, () =>
            installation.Ready("control").Count == 3 && installation.Ready("device").Count == 2
        );
    }

    /// <summary>Waits until a device has begun with a job of the sweep.</summary>
    /// <returns>Its pod.</returns>
    private async Task<string> WorkingAsync(string job)
    {
        string? pod = null;
        await installation.UntilAsync($"a device works for {job}", Shortly, () => (pod = Working(job).LastOrDefault()) is not null);
        return pod!;
    }

    /// <summary>The pods that compute, as the client of the sweep has told.</summary>
    private IEnumerable<string> Working(string job) => ClientLog.Working(installation.Logs(job));

    [GeneratedRegex("[A-Z]{3,}|my-overlay")]
    private static partial Regex Placeholder();
}
