namespace PmSFC.Client.Reports.Sections;

/// <summary>The trained or imported networks.</summary>
internal sealed class NetworksSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Networks.IsEmpty) return;
        page.Raw("<h2>Networks</h2><p class=\"note\">Trained for this sweep or an earlier one, on samples of the generator where nothing else is said; or imported.</p><div class=\"panels\">");
        foreach (var network in content.Networks)
        {
            page.Raw($"<section class=\"panel\"><h3>{Html.Text(network.Spec.Kind)}, {Html.Text(NetworkSummary.OriginOf(network.Spec))}</h3><p class=\"note\">Used by {Html.Text(string.Join(", ", network.Cells))}.</p>");
            if (network.Spec.Weights is { } weights)
            {
                page.Raw($"<p class=\"note\">SHA-256 of the file <code>{Html.Text(weights.Sha256)}</code></p>");
            }
            else if (network.Card is { } card)
            {
                List<ChartSeries> series =
                [
                    .. card.Terms.Select((term, i) => new ChartSeries(
                        term, i, [.. card.LossHistory.Where(point => i < point.Values.Length).Select(point => ((double)point.Iteration, point.Values[i]))])),
                ];
                if (LineChart.Draw(series, "Loss of the training over iterations", "iteration") is { } chart) page.Raw($"{chart}{LineChart.Legend(series)}");
            }
            else
            {
                page.Raw("<p>Not trained yet.</p>");
            }

            page.Raw($"<details><summary>Settings</summary>{Html.Settings(network.Spec.Settings)}<p class=\"note\">Network <code>{network.Spec.Id}</code></p></details></section>");
        }

        page.Raw("</div>");
    }
}
