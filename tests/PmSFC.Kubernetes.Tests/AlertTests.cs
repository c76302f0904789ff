using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The alerts of <c>k8s/components/monitoring</c>.</summary>
public sealed class AlertTests
{
    private static readonly string[] TestFiles =
    [
        .. new[] { "alerts.yaml", "alerts-of-a-day.yaml" }.Select(name =>
            Repository.PathOf(Path.Combine("tests/PmSFC.Kubernetes.Tests", name))
        ),
    ];

    [FactNeeding<Promtool>]
    public void Rules_PassTheirUnitTests()
    {
        var (passes, output) = Test(Monitoring.Rules());

        passes.ShouldBeTrue(output);
    }

    [TheoryNeeding<Promtool>]
    [InlineData("== 1)", "== 0)")]
    [InlineData("for: 2m", "for: 0m")]
    [InlineData("rate(pmsfc_iterations_total[10m])", "rate(pmsfc_iterations_total[30m])")]
    [InlineData("by (namespace) (rate(pmsfc_iterations", "by (job) (rate(pmsfc_iterations")]
    [InlineData("max by (namespace) (pmsfc_queue_depth)", "sum by (namespace) (pmsfc_queue_depth)")]
    [InlineData("for: 15m", "for: 45m")]
    [InlineData("increase(pmsfc_devices_lost_total[15m])) > 0", "increase(pmsfc_devices_lost_total[15m])) > 1")]
    [InlineData("> 5", "> 50")]
    [InlineData("0.2 *", "0.002 *")]
    [InlineData("for: 30m", "for: 0m")]
    [InlineData("pmsfc_store_failure=\"unavailable\"}[10m])) > 10", "pmsfc_store_failure=\"unavailable\"}[10m])) > 0")]
    [InlineData("pmsfc_store_failure!=\"unavailable\"}[10m])) > 0", "pmsfc_store_failure=\"full\"}[10m])) > 0")]
    [InlineData("condition=\"true\"} == 1", "condition=\"true\"}")]
    [InlineData("or on (namespace) 0 * max by (namespace) (kube_cronjob_created{cronjob=\"nightly\"})", "")]
    [InlineData("> 26 * 3600", "> 30 * 3600")]
    [InlineData("kube_cronjob_spec_suspend{cronjob=\"nightly\"} == 1", "kube_cronjob_spec_suspend{cronjob=\"nightly\"} == 2")]
    public void Rules_ALineThatWasSpoilt_FailTheirUnitTests(string line, string spoilt)
    {
        var rules = Monitoring.Rules();
        rules.ShouldContain(line);

        var (passes, output) = Test(rules.Replace(line, spoilt, StringComparison.Ordinal));

        passes.ShouldBeFalse();
        output.ShouldContain("FAILED");
    }

    [Fact]
    public void Rules_EachAlert_IsTestedAndTellsWhatIsWrongAndWhereToRead()
    {
        var operations = Documents.Read("operations.md");
        var tests = TestFiles.SelectMany(file => (YamlSequenceNode)Yaml.Parse(File.ReadAllText(file))["tests"]).ToList();
        var expectations = tests.SelectMany(test => (YamlSequenceNode)test["alert_rule_test"]).ToList();
        var healthy = tests[0];
        healthy["name"].ToString().ShouldStartWith("a healthy cluster");
        var alerts = Monitoring.Alerts().ToList();
        alerts.Count.ShouldBeGreaterThan(0);
        foreach (var alert in alerts)
        {
            var name = alert["alert"].ToString();
            expectations.ShouldContain(
                expectation => expectation["alertname"].ToString() == name && expectation.Find("exp_alerts") != null,
                name
            );
            ((YamlSequenceNode)healthy["alert_rule_test"]).ShouldContain(
                expectation => expectation["alertname"].ToString() == name && expectation.Find("exp_alerts") == null,
                name
            );
            alert["labels"]["severity"].ToString().ShouldBeOneOf("critical", "warning");
            alert["annotations"]["summary"].ToString().ShouldEndWith(".");
            alert["annotations"]["runbook_url"].ToString().ShouldBe($"docs/operations.md#{name.ToLowerInvariant()}");
            operations.ShouldContain($"### {name}\n");
        }
    }

    [Fact]
    public void Rules_AskForNothingButWhatIsEmitted()
    {
        foreach (var expression in Monitoring.Alerts().Select(alert => alert["expr"].ToString()))
        {
            Series.NamesIn(expression).ShouldBeSubsetOf(Series.Names);
            Series.LabelsIn(expression).ShouldBeSubsetOf(Series.Labels);
        }
    }

    private static (bool Passes, string Output) Test(string rules)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "rules.yaml"), rules);
        var (passes, output) = (true, "");
        // The tests of a day take longest, and say nothing more of rules that have failed others.
        foreach (var file in TestFiles.TakeWhile(_ => passes))
        {
            var copy = Path.Combine(directory.Path, Path.GetFileName(file));
            File.Copy(file, copy);
            (passes, var said) = Promtool.Run("test", "rules", copy);
            output += said;
        }

        return (passes, output);
    }
}
