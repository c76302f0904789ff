using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Silo.Planning;

/// <summary>
/// Names cells: what the user called the entry, or else the method; then what varies. Where unnamed entries collide, their presets tell them apart,
/// then the settings in which they differ.
/// </summary>
internal static class CellLabels
{
    /// <summary>The cells with labels, each unique.</summary>
    public static ImmutableArray<SweepCell> Assign(IReadOnlyList<CellDraft> drafts, IssueList issues)
    {
        var labels = drafts.Select(draft => draft.Label).ToArray();
        foreach (var i in Collisions(labels).SelectMany(same => same).Where(i => !drafts[i].Named && drafts[i].Preset is not null))
            labels[i] = $"{labels[i]} {drafts[i].Preset}";

        foreach (var same in Collisions(labels))
        {
            foreach (var i in same.Where(i => !drafts[i].Named))
            {
                if (Differing(drafts[i].Cell, same.Select(j => drafts[j].Cell)) is { Length: > 0 } differing)
                    labels[i] = $"{labels[i]} {differing}";
            }
        }

        foreach (var i in Collisions(labels).SelectMany(same => same.Skip(1)))
            issues.Add(
                $"methods[{drafts[i].Entry}].label",
                $"'{labels[i]}' names two rows of the table; give each entry a label of its own."
            );
        return [.. drafts.Select((draft, i) => draft.Cell with { Label = labels[i] })];
    }

    private static List<int[]> Collisions(string[] labels) =>
        [.. Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).Where(group => group.Count() > 1).Select(group => group.ToArray())];

    private static string Differing(SweepCell cell, IEnumerable<SweepCell> others)
    {
        SweepCell[] all = [.. others];
        var settings = cell.Settings.Where(setting => all.Any(other => other.Settings.GetValueOrDefault(setting.Key) != setting.Value));
        var subspaces = cell.Subspaces?.Settings.Where(setting =>
            all.Any(other => other.Subspaces?.Settings.GetValueOrDefault(setting.Key) != setting.Value)
        )
            ?? [];
        var network = cell.Network?.Settings.Where(setting =>
                all.Any(other => other.Network?.Settings.GetValueOrDefault(setting.Key) != setting.Value)
            )
            .Select(setting => KeyValuePair.Create($"network.{setting.Key}", setting.Value))
            ?? [];
        return string.Join(' ', settings.Concat(subspaces).Concat(network).Select(setting => $"{setting.Key}={setting.Value}").Distinct());
    }
}
