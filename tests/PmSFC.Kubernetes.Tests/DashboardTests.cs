using System.Text.Json.Nodes;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The dashboards of <c>k8s/components/monitoring</c>, without a Grafana.</summary>
public sealed class DashboardTests
{
    private static readonly string[] FileNames = ["device", "failures", "fleet", "sweep"];

    public static TheoryData<string> Names => [.. FileNames];

    [Fact]
    public void Dashboards_AreFourOfTheirOwnIds()
    {
        Monitoring.Dashboards().Keys.ShouldBe(FileNames, ignoreOrder: true);
        Monitoring.Dashboards().Values.Select(dashboard => (string)dashboard["uid"]!).ShouldBeUnique();
    }

    [TheoryNeeding<Kubectl>]
    [MemberData(nameof(Names))]
    public void Dashboards_AreMapsThatGrafanaTakes(string name)
    {
        var map = new Rendering(Manifests.Render("components/monitoring"))
            .Of<V1ConfigMap>()
            .Single(candidate => candidate.Metadata.Name == $"dashboard-{name}");

        map.Metadata.Labels.ShouldContain(new KeyValuePair<string, string>("grafana_dashboard", "1"));
        JsonNode.DeepEquals(JsonNode.Parse(map.Data[$"{name}.json"]), Monitoring.Dashboards()[name]).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_AreExplainedLieApartAndTakeTheirDataFromTheChosenSources(string name)
    {
        var dashboard = Monitoring.Dashboards()[name];
        var variables = dashboard["templating"]!["list"]!.AsArray().Select(variable => (string)variable!["name"]!).ToList();
        var taken = new HashSet<(int, int)>();
        foreach (var panel in dashboard["panels"]!.AsArray())
        {
            var title = (string)panel!["title"]!;
            ((string)panel["description"]!).ShouldEndWith(".", customMessage: title);
            foreach (var source in panel["targets"]!.AsArray().Select(target => target!["datasource"]!).Append(panel["datasource"]!))
                $"${{{variables.Single(variable => $"${{{variable}}}" == (string)source["uid"]!)}}}".ShouldBe((string)source["uid"]!);
            panel["targets"]!.AsArray().ShouldNotBeEmpty(title);
            foreach (var variable in Variable(panel["targets"]!.ToJsonString()))
                variables.ShouldContain(variable, title);
            var (x, y) = (Grid("x"), Grid("y"));
            (x + Grid("w")).ShouldBeLessThanOrEqualTo(24, title);
            foreach (var place in from i in Enumerable.Range(x, Grid("w")) from j in Enumerable.Range(y, Grid("h")) select (i, j))
                taken.Add(place).ShouldBeTrue($"{title} lies on another panel");

            int Grid(string side) => (int)panel["gridPos"]![side]!;
        }

        dashboard["panels"]!.AsArray().ShouldContain(panel => (string)panel!["datasource"]!["type"]! == "tempo", "a panel of traces");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Expressions_AskForNothingButWhatIsEmitted(string name)
    {
        foreach (var (panel, expression) in Monitoring.Expressions(Monitoring.Dashboards()[name]))
        {
            Series.NamesIn(expression).ShouldNotBeEmpty(panel);
            Series.NamesIn(expression).ShouldBeSubsetOf(Series.Names, panel);
            Series.LabelsIn(expression).ShouldBeSubsetOf(Series.Labels, panel);
        }
    }

    [TheoryNeeding<Promtool>]
    [MemberData(nameof(Names))]
    public void Expressions_AreSound(string name)
    {
        var rules = Monitoring
            .Expressions(Monitoring.Dashboards()[name])
            .Select((panel, index) => new YamlMappingNode("record", $"panel:{index}", "expr", new YamlScalarNode(panel.Expression)));
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "panels.yaml");
        File.WriteAllText(
            file,
            Yaml.Write(
                new YamlMappingNode(
                    "groups",
                    new YamlSequenceNode(
                        new YamlMappingNode(
                            new KeyValuePair<YamlNode, YamlNode>("name", name),
                            new KeyValuePair<YamlNode, YamlNode>("rules", new YamlSequenceNode(rules))
                        )
                    )
                )
            )
        );

        var (passes, output) = Promtool.Run("check", "rules", file);

        passes.ShouldBeTrue(output);
        output.ShouldContain("SUCCESS");
    }

    private static IEnumerable<string> Variable(string text) =>
        System.Text.RegularExpressions.Regex.Matches(text, @"\$\{?([a-z]+)").Select(match => match.Groups[1].Value);
}
