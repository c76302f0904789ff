using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Reports.Sections;

/// <summary>The settings of every row.</summary>
internal sealed class SettingsSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        page.Heading("What was run");
        foreach (var cell in content.Plan.Cells)
        {
            page.Raw($"<details><summary>{content.KeyOf(cell.Label)}{Html.Text(cell.Label)}</summary>");
            Write(cell, page);
            page.Raw("</details>");
        }
    }

    private static void Write(SweepCell cell, ReportWriter page)
    {
        page.Raw($"<dl><dt>method</dt><dd>{Html.Text(cell.Method)}</dd></dl>{Html.Settings(cell.Settings)}");
        if (cell.Subspaces is { } subspaces)
            page.Note($"Subspaces: {Html.Text(subspaces.Method)}, seed {Html.Number(subspaces.Seed)}, set <code>{subspaces.Id}</code>");
        if (cell.Network is { } network)
            page.Note($"Network: {Html.Text(network.Kind)}, {Html.Text(NetworkSummary.OriginOf(network))}, <code>{network.Id}</code>");
    }
}
