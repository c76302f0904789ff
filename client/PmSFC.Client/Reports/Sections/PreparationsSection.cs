using PmSFC.Abstractions.Preparations;

namespace PmSFC.Client.Reports.Sections;

/// <summary>What else was made once for the rows.</summary>
internal sealed class PreparationsSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var uses = content
            .Plan.Cells.SelectMany(cell => cell.Needs(), (cell, need) => (cell.Label, Spec: need.Spec as PreparationSpec))
            .Where(use => use.Spec is not null)
            .GroupBy(use => use.Spec!.Id)
            .ToList();
        if (uses.Count == 0)
            return;
        page.Heading("Other preparations");
        page.Note("Made of the generator once, and read by methods or discoveries of subspaces.");
        page.Raw("<div class=\"panels\">");
        foreach (var use in uses)
        {
            var spec = use.First().Spec!;
            page.Raw($"<section class=\"panel\"><h3>{Html.Text(spec.Kind)}, seed {Html.Number(spec.Seed)}</h3>");
            page.Note($"Used by {Html.Text(string.Join(", ", use.Select(one => one.Label)))}.");
            page.Raw($"<details><summary>Settings</summary>{Html.Settings(spec.Settings)}");
            page.Note($"Preparation <code>{spec.Id}</code>");
            page.Raw("</details></section>");
        }

        page.Raw("</div>");
    }
}
