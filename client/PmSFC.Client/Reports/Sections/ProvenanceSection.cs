using System.Globalization;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Client.Reports.Sections;

/// <summary>Where the numbers come from: ids, devices, versions, times.</summary>
internal sealed class ProvenanceSection : IReportSection
{
    /// <inheritdoc/>
    public void Write(ReportContent content, ReportWriter page)
    {
        var results = content.Table.Jobs.Select(job => job.Result).OfType<JobResult>().ToList();
        page.Heading("Provenance");
        page.Raw("<dl>");
        Entry("sweep", content.Plan.Id);
        Entry("generator", content.Options.GeneratorName is { } name ? $"{name}, {content.Plan.GeneratorId}" : content.Plan.GeneratorId);
        Entry("task", content.Plan.Task);
        Entry("seed", Html.Number(content.Plan.Seed));
        Entry("owner", content.Plan.Owner);
        Entry("started", string.Join(", ", content.Submissions.Select(Time)));
        Entry("devices", string.Join(", ", results.Select(result => result.Device).Distinct().Order(StringComparer.Ordinal)));
        Entry(
            "product version",
            string.Join(", ", results.Select(result => result.ProductVersion).Distinct().Order(StringComparer.Ordinal))
        );
        Entry("report written", Time(content.WrittenAt));
        page.Raw("</dl>");

        void Entry(string term, string text)
        {
            if (text.Length > 0)
                page.Raw($"<dt>{term}</dt><dd>{Html.Text(text)}</dd>");
        }

        static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }
}
