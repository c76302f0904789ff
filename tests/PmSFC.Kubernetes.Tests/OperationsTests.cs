using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The commands of <c>docs/operations.md</c>, as far as they need no cluster.</summary>
public sealed partial class OperationsTests
{
    [FactNeeding<Kubectl>]
    public void Commands_NameObjectsThatAreThere()
    {
        var rendering = new Rendering(Manifests.Render("components"));
        var kinds = new Dictionary<string, Func<string, bool>>
        {
            ["deployment"] = rendering.Has<V1Deployment>,
            ["service"] = rendering.Has<V1Service>,
            ["cronjob"] = rendering.Has<V1CronJob>,
        };
        var named = OperationsDocument.Commands().SelectMany(command => ObjectName().Matches(command)).ToList();

        named.Count.ShouldBeGreaterThan(5);
        foreach (var match in named)
            kinds[match.Groups[1].Value](match.Groups[2].Value).ShouldBeTrue(match.Value);
        foreach (var label in OperationsDocument.Commands().SelectMany(command => Label().Matches(command)))
            rendering.Pods.ShouldContain(pod => pod.Labels.Contains(new(label.Groups[1].Value, label.Groups[2].Value)), label.Value);
    }

    [FactNeeding<Kubectl>]
    public void CommandsInTheCluster_OfTheNightlyJob_RunAnotherCommandInAPodLikeIts()
    {
        var lines = OperationsDocument.Commands("### Commands in the cluster");
        lines[0].ShouldStartWith("kubectl -n pmsfc create job look --from=cronjob/nightly --dry-run=client -o yaml |");
        lines[2].Trim().ShouldBe("kubectl apply -f -");
        // What a server would make of the first line.
        var cron = new Rendering(Manifests.Render("components/nightly")).Of<V1CronJob>().Single();
        var job = KubernetesYaml.Serialize(
            new V1Job
            {
                ApiVersion = "batch/v1",
                Kind = "Job",
                Metadata = new V1ObjectMeta { Name = "look", NamespaceProperty = "pmsfc" },
                Spec = cron.Spec.JobTemplate.Spec,
            }
        );

        var made = KubernetesYaml.Deserialize<V1Job>(Kubectl.Pipe(lines[1].Trim().TrimEnd('|'), job));

        made.Spec.Template.Spec.Containers.Single().Args.ShouldBe(["sweep", "status"]);
        made.Spec.Template.Spec.Containers.Single()
            .EnvFrom.Count.ShouldBe(cron.Spec.JobTemplate.Spec.Template.Spec.Containers.Single().EnvFrom.Count);
        made.Spec.Template.Metadata.Labels["app.kubernetes.io/component"].ShouldBe("client");
    }

    [FactNeeding<Kubectl>]
    public void OwnEvaluation_AsTheDocumentSays_TakesThePlaceOfTheComponents()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "kustomization.yaml"), Documents.Block("kubernetes.md", "kind: Component"));
        File.WriteAllText(Path.Combine(folder.Path, "nightly.yaml"), "name: mine\n");

        var rendering = new Rendering(Manifests.RenderOnBase("nightly", folder.Path));

        var map = rendering.Of<V1ConfigMap>().Single(found => found.Metadata.Name.StartsWith("nightly-", StringComparison.Ordinal));
        map.Data["nightly.yaml"].ShouldBe("name: mine\n");
        rendering
            .Pods.Single(pod => pod.Owner == "CronJob/nightly")
            .Spec.Volumes.ShouldContain(volume => volume.ConfigMap != null && volume.ConfigMap.Name == map.Metadata.Name);
    }

    [GeneratedRegex(@"\b(deployment|service|cronjob)[/ ]([a-z][a-z-]*[a-z])")]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"-l (app\.kubernetes\.io/[a-z]+)=([a-z]+)")]
    private static partial Regex Label();
}
