using System.Globalization;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The subspace sets, with what their discoveries measured.</summary>
internal sealed class SubspacesSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Discoveries.IsEmpty)
            return;
        page.Heading("Subspaces");
        page.Note(
            "How the channels of the split layer are grouped. The affinity picture has the channels of a subspace side by side, "
                + "so that subspaces which stand out are bright blocks on the diagonal."
        );
        page.Raw("<div class=\"panels\">");
        foreach (var discovery in content.Discoveries)
        {
            page.Raw($"<section class=\"panel\"><h3>{Html.Text(discovery.Spec.Method)}, seed {Html.Number(discovery.Spec.Seed)}</h3>");
            page.Note($"Used by {Html.Text(string.Join(", ", discovery.Cells))}.");
            if (discovery.Set is { } set)
                Write(discovery, set, page);
            else
                page.Raw("<p>Not discovered yet.</p>");
            page.Raw("</section>");
        }

        page.Raw("</div>");
    }

    private static void Write(DiscoverySummary discovery, DiscoverySummary.StoredSet set, ReportWriter page)
    {
        if (discovery.Affinity is { } affinity)
        {
            page.Raw("<img class=\"affinity\" alt=\"Affinity of channels, ordered by subspace\" ");
            page.Raw($"src=\"{Html.DataUri("image/png", affinity.Span)}\">");
        }

        page.Raw($"<div>Channels in each of {Html.Number(set.Sizes.Length)} subspaces</div><div class=\"sizes\">");
        foreach (var (i, size) in set.Sizes.Index())
        {
            page.Raw($"<span class=\"c{i % LineChart.Colours}\" style=\"flex:{Html.Number(size)}\" ");
            page.Raw($"title=\"subspace {Html.Number(i)}: {Html.Number(size)} channels\"><b>{Html.Number(size)}</b></span>");
        }

        page.Raw("</div>");
        if (set.ShareInside is { } inside)
        {
            page.Raw("<dl>");
            Entry("Affinity inside subspaces", Share(inside));
            Entry("Mean of random partitions of these sizes", Share(set.ShareByChance));
            Entry("Largest of these random partitions", Share(set.LargestShareByChance));
            Entry("Mean of subspaces found alike in shuffled affinities", Share(set.ShareShuffled) ?? "not stored");
            Entry("Largest of these", Share(set.LargestShareShuffled));
            page.Raw("</dl>");
        }

        page.Chart(
            [
                new("features, ‖F − FS‖²", 0, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Feature))]),
                new("image, ‖G₂(F) − G₂(FS)‖²", 1, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Image))]),
                new("sparsity, ‖S‖₁", 2, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Sparsity))]),
            ],
            "Loss of the discovery over iterations"
        );
        page.Raw($"<details><summary>Settings</summary>{Html.Settings(discovery.Spec.Settings)}");
        page.Note($"Set <code>{discovery.Spec.Id}</code>");
        page.Raw("</details>");

        void Entry(string term, string? share)
        {
            if (share is not null)
                page.Raw($"<dt>{term}</dt><dd>{share}</dd>");
        }

        static string? Share(double? share) => share?.ToString("0.0 %", CultureInfo.InvariantCulture);
    }
}
