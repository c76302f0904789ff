using System.Text.RegularExpressions;

namespace PmSFC.Cluster.Tests.Api;

public sealed partial class SecurityDocumentTests
{
    private static readonly string Root = Path.Combine(Kubernetes.Tests.Monitoring.Manifests, "..");

    /// <summary>Each claim of <c>docs/security.md</c> names its test, a class or a method, and the test is there.</summary>
    [Fact]
    public void Claims_OfTheDocument_HaveTheirTests()
    {
        var rows = File.ReadLines(Path.Combine(Root, "docs", "security.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| test |", StringComparison.Ordinal))
            .ToArray();
        var sources = string.Join(
            '\n',
            Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
        );

        rows.Length.ShouldBeGreaterThan(10);
        foreach (var row in rows)
        {
            var named = TestName().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value).ToArray();
            named.ShouldNotBeEmpty(row);
            foreach (var name in named)
                Regex.IsMatch(sources, $@"(class {name}\b|\b{name}\()").ShouldBeTrue(name);
        }
    }

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
