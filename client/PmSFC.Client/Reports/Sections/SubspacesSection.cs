using System.Globalization;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The subspace sets, with what their discoveries measured.</summary>
internal sealed class SubspacesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Discoveries.IsEmpty) return;
        page.Raw("<h2>Subspaces</h2><p class=\"note\">How the channels of the split layer are grouped. The affinity picture has the channels of a subspace side by side, so that subspaces which stand out are bright blocks on the diagonal.</p><div class=\"panels\">");
        foreach (var discovery in content.Discoveries)
        {
            page.Raw($"<section class=\"panel\"><h3>{Html.Text(discovery.Spec.Method)}, seed {Html.Number(discovery.Spec.Seed)}</h3><p class=\"note\">Used by {Html.Text(string.Join(", ", discovery.Cells))}.</p>");
            if (discovery.Set is not { } set)
            {
                page.Raw("<p>Not discovered yet.</p></section>");
                continue;
            }

            if (discovery.Affinity is { } affinity)
                page.Raw($"<img class=\"affinity\" alt=\"Affinity of channels, ordered by subspace\" src=\"{Html.DataUri("image/png", affinity.Span)}\">");
            page.Raw($"<div>Channels in each of {Html.Number(set.Sizes.Length)} subspaces</div><div class=\"sizes\">");
            foreach (var (i, size) in set.Sizes.Index())
                page.Raw($"<span class=\"c{i % LineChart.Colours}\" style=\"flex:{Html.Number(size)}\" title=\"subspace {Html.Number(i)}: {Html.Number(size)} channels\"><b>{Html.Number(size)}</b></span>");
            page.Raw("</div>");
            if (set.ShareInside is { } inside)
            {
                page.Raw($"<dl><dt>Affinity inside subspaces</dt><dd>{Share(inside)}</dd>");
                if (set.ShareByChance is { } chance) page.Raw($"<dt>Mean of random partitions of these sizes</dt><dd>{Share(chance)}</dd>");
                if (set.LargestShareByChance is { } largest) page.Raw($"<dt>Largest of these random partitions</dt><dd>{Share(largest)}</dd>");
                page.Raw($"<dt>Mean of subspaces found alike in shuffled affinities</dt><dd>{(set.ShareShuffled is { } shuffled ? Share(shuffled) : "not stored")}</dd>");
                if (set.LargestShareShuffled is { } largestShuffled) page.Raw($"<dt>Largest of these</dt><dd>{Share(largestShuffled)}</dd>");
                page.Raw("</dl>");
            }

            List<ChartSeries> series =
            [
                new("features, ‖F − FS‖²", 0, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Feature))]),
                new("image, ‖G₂(F) − G₂(FS)‖²", 1, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Image))]),
                new("sparsity, ‖S‖₁", 2, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Sparsity))]),
            ];
            if (LineChart.Draw(series, "Loss of the discovery over iterations", "iteration") is { } chart) page.Raw($"{chart}{LineChart.Legend(series)}");
            page.Raw($"<details><summary>Settings</summary>{Html.Settings(discovery.Spec.Settings)}<p class=\"note\">Set <code>{discovery.Spec.Id}</code></p></details></section>");
        }

        page.Raw("</div>");

        static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
    }
}
