using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Client.Reports.Sections;

namespace PmSFC.Client.Reports;

/// <summary>Writes a report's page: its header, its sections and its footer.</summary>
internal static class ReportPage
{
    /// <summary>The sections, in the order of the page.</summary>
    private static readonly ImmutableArray<IReportSection> Sections =
    [
        new ResultsSection(),
        new DifferencesSection(),
        new EarlierRunSection(),
        new PublishedSection(),
        new PicturesSection(),
        new LossesSection(),
        new SubspacesSection(),
        new NetworksSection(),
        new PreparationsSection(),
        new ProblemsSection(),
        new SettingsSection(),
        new ImagesSection(),
        new ProvenanceSection(),
    ];

    /// <summary>The page.</summary>
    public static string Write(ReportContent content)
    {
        var page = new ReportWriter();
        page.Raw(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>{Html.Text(content.Plan.Name)} – PmSFC sweep</title>
            <style>{Resource("report.css")}</style></head><body>
            """
        );
        WriteHeader(content, page);
        page.Raw("<main>");
        foreach (var section in Sections)
            section.Write(content, page);
        page.Raw(
            $"""
            </main><footer>Every number here is measured{(
                content.Options.Quoted is null ? "; none is quoted" : ", but those under “Published”, which are quoted"
            )}. This file needs no network.</footer>
            <dialog aria-label="Enlarged images"><div class="pair"><figure><img alt="target"><figcaption></figcaption></figure><figure><img alt="reconstruction"><figcaption></figcaption></figure></div><button type="button">Close</button></dialog>
            <script>{Resource("report.js")}</script></body></html>
            """
        );
        return page.ToString();
    }

    private static void WriteHeader(ReportContent content, ReportWriter page)
    {
        var (table, plan) = (content.Table, content.Plan);
        int jobs = table.Jobs.Length,
            done = table.Rows.Sum(row => row.Done),
            failed = table.Rows.Sum(row => row.Failed);
        var generator = content.Options.GeneratorName ?? plan.GeneratorId;
        page.Raw($"<header><h1>{Html.Text(plan.Name)}</h1>");
        page.Note($"{Html.Text(plan.Task)} with generator {Html.Text(generator)}, sweep <code>{plan.Id[..12]}</code>");
        page.Raw("<ul class=\"facts\">");
        Fact(Html.Number(plan.Images.Length), "images", isBad: false);
        Fact(Html.Number(plan.Cells.Length), "methods compared", isBad: false);
        Fact($"{Html.Number(done)} / {Html.Number(jobs)}", "results", isBad: false);
        if (failed > 0)
            Fact(Html.Number(failed), "failed", isBad: true);
        if (jobs - done - failed is > 0 and var missing)
            Fact(Html.Number(missing), "not finished", isBad: true);
        Fact(Duration(table.Jobs.Sum(job => job.Result?.DeviceSeconds ?? 0)), "device time", isBad: false);
        page.Raw("</ul></header>");

        void Fact(string value, string name, bool isBad) =>
            page.Raw($"<li{(isBad ? " class=\"bad\"" : "")}><b>{value}</b><span>{name}</span></li>");
    }

    private static string Duration(double seconds) =>
        seconds switch
        {
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
            < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
        };

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(typeof(ReportPage), name)!);
        return reader.ReadToEnd();
    }
}
