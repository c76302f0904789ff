using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Settings;

namespace PmSFC.Silo.Planning;

/// <summary>What is wrong with a spec, each thing said once however many grid points it spoils.</summary>
internal sealed class IssueList
{
    private readonly List<SpecIssue> _issues = [];

    public bool IsEmpty => _issues.Count == 0;

    public void Add(string path, string message)
    {
        var issue = new SpecIssue(path, message);
        if (!_issues.Contains(issue))
            _issues.Add(issue);
    }

    /// <summary>Adds what a schema found, below the path of the entry that has the settings.</summary>
    public void Add(string entry, IEnumerable<SettingIssue> issues)
    {
        foreach (var issue in issues)
            Add(
                issue.Setting is SettingIssue.Preset or SettingIssue.Method
                    ? $"{entry}.{issue.Setting}"
                    : $"{entry}.settings.{issue.Setting}",
                issue.Message
            );
    }

    public ImmutableArray<SpecIssue> ToImmutable() => [.. _issues];
}
