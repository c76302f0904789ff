namespace PmSFC.Client.Reports.Sections;

/// <summary>The trained or imported networks.</summary>
internal sealed class NetworksSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        if (content.Networks.IsEmpty)
            return;
        page.Heading("Networks");
        page.Note("Trained for this sweep or an earlier one, on samples of the generator where nothing else is said; or imported.");
        page.Raw("<div class=\"panels\">");
        foreach (var network in content.Networks)
            Write(network, page);
        page.Raw("</div>");
    }

    private static void Write(NetworkSummary network, ReportWriter page)
    {
        var spec = network.Spec;
        page.Raw($"<section class=\"panel\"><h3>{Html.Text(spec.Kind)}, {Html.Text(NetworkSummary.OriginOf(spec))}</h3>");
        page.Note($"Used by {Html.Text(string.Join(", ", network.Cells))}.");
        if (spec.Weights is { } weights)
            page.Note($"SHA-256 of the file <code>{Html.Text(weights.Sha256)}</code>");
        else if (network.Card is { } card)
            page.Chart([.. card.Terms.Select((term, i) => SeriesOf(card, term, i))], "Loss of the training over iterations");
        else
            page.Raw("<p>Not trained yet.</p>");
        page.Raw($"<details><summary>Settings</summary>{Html.Settings(spec.Settings)}");
        page.Note($"Network <code>{spec.Id}</code>");
        page.Raw("</details></section>");
    }

    private static ChartSeries SeriesOf(NetworkSummary.StoredCard card, string term, int number) =>
        new(
            term,
            number,
            [
                .. card
                    .LossHistory.Where(point => number < point.Values.Length)
                    .Select(point => ((double)point.Iteration, point.Values[number])),
            ]
        );
}
