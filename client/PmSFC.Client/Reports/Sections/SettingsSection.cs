namespace PmSFC.Client.Reports.Sections;

/// <summary>The settings of every row.</summary>
internal sealed class SettingsSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        page.Raw("<h2>What was run</h2>");
        foreach (var cell in content.Plan.Cells)
            page.Raw($"<details><summary>{content.KeyOf(cell.Label)}{Html.Text(cell.Label)}</summary><dl><dt>method</dt><dd>{Html.Text(cell.Method)}</dd></dl>{Html.Settings(cell.Settings)}{(cell.Subspaces is { } subspaces ? $"<p class=\"note\">Subspaces: {Html.Text(subspaces.Method)}, seed {Html.Number(subspaces.Seed)}, set <code>{subspaces.Id}</code></p>" : "")}{(cell.Network is { } network ? $"<p class=\"note\">Network: {Html.Text(network.Kind)}, {Html.Text(NetworkSummary.OriginOf(network))}, <code>{network.Id}</code></p>" : "")}</details>");
    }
}
