using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Results;

namespace PmSFC.Client.Reports;

/// <summary>Writes a report's page. Names and messages come from users and are escaped wherever they stand.</summary>
internal sealed class ReportPage(ReportContent content)
{
    private const int MaximumProblems = 200;

    private readonly StringBuilder _page = new();
    private readonly SweepTable _table = content.Table;
    private readonly SweepPlan _plan = content.Table.Plan;
    private readonly ImmutableArray<MetricDisplay> _metrics = content.Table.Metrics;
    private readonly Dictionary<string, int> _colours = content.Table.Plan.Cells.Index().ToDictionary(cell => cell.Item.Label, cell => cell.Index % LineChart.Colours);

    /// <summary>The page.</summary>
    public string Write()
    {
        Raw($"""
             <!DOCTYPE html>
             <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
             <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
             <title>{Html.Text(_plan.Name)} – PmSFC sweep</title>
             <style>{Resource("report.css")}</style></head><body>
             """);
        WriteHeader();
        Raw("<main>");
        WriteTable();
        WriteDifferences();
        WriteComparison();
        WriteQuoted();
        WriteGrid();
        WriteLosses();
        WriteDiscoveries();
        WriteNetworks();
        WriteProblems();
        WriteSettings();
        WriteImages();
        WriteProvenance();
        Raw($"""
             </main><footer>Every number here is measured{(content.Options.Quoted is null ? "; none is quoted" : ", but those under “Published”, which are quoted")}. This file needs no network.</footer>
             <dialog aria-label="Enlarged images"><div class="pair"><figure><img alt="target"><figcaption></figcaption></figure><figure><img alt="reconstruction"><figcaption></figcaption></figure></div><button type="button">Close</button></dialog>
             <script>{Resource("report.js")}</script></body></html>
             """);
        return _page.ToString();
    }

    private void WriteHeader()
    {
        int jobs = _table.Jobs.Length, done = _table.Rows.Sum(row => row.Done), failed = _table.Rows.Sum(row => row.Failed);
        Raw($"<header><h1>{Html.Text(_plan.Name)}</h1><p class=\"note\">{Html.Text(_plan.Task)} with generator {Html.Text(content.Options.GeneratorName ?? _plan.GeneratorId)}, sweep <code>{_plan.Id[..12]}</code></p><ul class=\"facts\">");
        Fact(Count(_plan.Images.Length), "images", isBad: false);
        Fact(Count(_plan.Cells.Length), "methods compared", isBad: false);
        Fact($"{Count(done)} / {Count(jobs)}", "results", isBad: false);
        if (failed > 0) Fact(Count(failed), "failed", isBad: true);
        if (jobs - done - failed is > 0 and var missing) Fact(Count(missing), "not finished", isBad: true);
        Fact(Duration(_table.Jobs.Sum(job => job.Result?.DeviceSeconds ?? 0)), "device time", isBad: false);
        Raw("</ul></header>");

        void Fact(string value, string name, bool isBad) => Raw($"<li{(isBad ? " class=\"bad\"" : "")}><b>{value}</b><span>{name}</span></li>");
    }

    private void WriteTable()
    {
        Raw("<h2>Results</h2><p class=\"note\">Mean over images ± half the 95 % interval (Student t). The best mean of each metric is bold.</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th>");
        foreach (var metric in _metrics) Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th>");
        Raw("<th class=\"n\">results</th><th class=\"n\">failed</th><th class=\"n\">missing</th><th class=\"n\">s per image</th><th>source</th></tr></thead><tbody>");
        foreach (var row in _table.Rows)
        {
            Raw($"<tr><th>{Key(row.Label)}{Html.Text(row.Label)}</th>");
            foreach (var metric in _metrics)
                Raw($"<td class=\"n{(IsBest(row, metric) ? " best" : "")}\">{Spread(metric.Format(ValueOf(row.Metrics, metric)))}</td>");
            Raw($"<td class=\"n\">{Count(row.Done)}</td><td class=\"n{Bad(row.Failed)}\">{Count(row.Failed)}</td><td class=\"n{Bad(row.Missing)}\">{Count(row.Missing)}</td>");
            Raw($"<td class=\"n\">{row.DeviceSeconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "–"}</td><td>{row.Source}</td></tr>");
        }

        Raw("</tbody></table></div>");
        foreach (var note in _table.Notes) Raw($"<p class=\"note\">{Html.Text(note)}</p>");

        static string Bad(int count) => count > 0 ? " bad" : "";
    }

    private void WriteDifferences()
    {
        var differences = _table.Differences(content.Options.Reference);
        if (differences.All(difference => difference.Metrics.IsEmpty)) return;
        Raw($"<h2>Against {Html.Text(differences[0].Reference)}</h2><p class=\"note\">Each method minus {Html.Text(differences[0].Reference)}, image by image, over the images that both have. An interval that does not reach the line at zero is a difference that chance alone would rarely make.</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th>");
        foreach (var metric in _metrics) Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th><th></th>");
        Raw("<th class=\"n\">images</th><th>source</th></tr></thead><tbody>");
        var reaches = _metrics.ToDictionary(metric => metric.Name, metric => Reach(differences, metric.Name));
        foreach (var difference in differences)
        {
            Raw($"<tr><th>{Key(difference.Label)}{Html.Text(difference.Label)}</th>");
            foreach (var metric in _metrics)
            {
                var estimate = ValueOf(difference.Metrics, metric);
                var plot = estimate is { } known && double.IsFinite(known.Mean) ? IntervalPlot.Draw(known, reaches[metric.Name]) : "";
                Raw($"<td class=\"n\">{Spread(metric.FormatDifference(estimate))}</td><td>{plot}</td>");
            }

            Raw($"<td class=\"n\">{Count(difference.Metrics.Values.Select(estimate => estimate.Count).DefaultIfEmpty().Max())}</td><td>{difference.Source}</td></tr>");
        }

        Raw("</tbody></table></div>");
    }

    private void WriteComparison()
    {
        if (content.Options.Comparison is not { } comparison) return;
        Raw($"<h2>Against the earlier run</h2><p class=\"note\">This sweep (B) minus sweep <code>{comparison.A.Plan.Id[..12]}</code> on generator <code>{comparison.A.Plan.GeneratorId[..12]}</code> (A), image by image, over the images that both have. “Better” and “worse”: the 95 % interval excludes 0.</p>");
        if (content.Options.Review is { } review)
        {
            Raw($"<p class=\"note\">Gates, each with an interval of the level {(100 * review.Level).ToString("0.###", CultureInfo.InvariantCulture)} %, 95 % for all together:</p><ul>");
            foreach (var verdict in review.Verdicts)
                Raw($"<li{(verdict.Failed ? " class=\"bad\"" : "")}>{(verdict.Failed ? "failed" : "passed")}: <code>{Html.Text(verdict.Gate.Text)}</code>: {Html.Text(verdict.Sentence)}.</li>");
            Raw("</ul>");
        }

        Raw("<div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>metric</th><th class=\"n\">A</th><th class=\"n\">B</th><th class=\"n\">B − A</th><th></th><th class=\"n\">images</th><th>B is</th></tr></thead><tbody>");
        foreach (var row in comparison.Rows.Where(row => row.Pairs.Length > 0))
        {
            var difference = row.Difference();
            var plot = difference is { } known && double.IsFinite(known.Mean) ? IntervalPlot.Draw(known, ReachOf(comparison, row.Metric)) : "";
            var direction = row.Direction switch { > 0 => "better", < 0 => "worse", 0 => "–" };
            Raw($"<tr><th>{Html.Text(row.Label)}</th><td>{Html.Text(row.Metric.Heading)}</td><td class=\"n\">{Spread(row.Metric.Format(row.A))}</td><td class=\"n\">{Spread(row.Metric.Format(row.B))}</td>");
            Raw($"<td class=\"n\">{Spread(row.Metric.FormatDifference(difference))}</td><td>{plot}</td><td class=\"n\">{Count(row.Pairs.Length)}</td><td class=\"text{(row.Direction < 0 ? " bad" : "")}\">{direction}</td></tr>");
        }

        Raw("</tbody></table></div>");
        foreach (var note in comparison.Notes) Raw($"<p class=\"note\">{Html.Text(note)}</p>");
    }

    private void WriteQuoted()
    {
        if (content.Options.Quoted is not { } quoted) return;
        Raw($"<h2>Published</h2><p class=\"note\">{Html.Text(quoted.Caption)}</p><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>data set</th>");
        foreach (var metric in quoted.Metrics) Raw($"<th class=\"n\">{Html.Text(metric.Heading)}</th>");
        Raw("<th>source</th></tr></thead><tbody>");
        foreach (var row in quoted.Rows)
        {
            Raw($"<tr><th>{Html.Text(row.Method)}</th><td>{Html.Text(row.DataSet)}</td>");
            foreach (var (metric, value) in quoted.Metrics.Zip(row.Values)) Raw($"<td class=\"n\">{metric.Format(value)}</td>");
            Raw($"<td>{RowSource.Paper}</td></tr>");
        }

        Raw("</tbody></table></div>");
    }

    private void WriteGrid()
    {
        var grid = content.Grid;
        var shown = grid.Columns.Length == _plan.Images.Length ? "All images" : $"The first {Count(grid.Columns.Length)} of {Count(_plan.Images.Length)} images";
        var rows = grid.Labels.Length == _plan.Cells.Length ? "" : $" and the first {Count(grid.Labels.Length)} of {Count(_plan.Cells.Length)} methods";
        var scaled = grid.Columns.Any(column => column.Target?.MediaType == "image/jpeg")
            ? $" They are shown at {ShownImage.MaximumSide} pixels at most, as JPEG; the numbers are those of the stored originals." : "";
        var under = _metrics.Length > 0 ? $" Under each reconstruction is its {Html.Text(_metrics[0].Title)}." : "";
        Raw($"<h2>Targets and reconstructions</h2><p class=\"note\">{shown}{rows}.{under} Click one to see it enlarged beside its target.{scaled}</p><div class=\"wide\"><table class=\"grid\"><thead><tr><th></th>");
        foreach (var column in grid.Columns) Raw($"<th title=\"{Html.Text(column.Name)}\">{Html.Text(column.Name)}</th>");
        Raw("</tr></thead><tbody><tr><th>target</th>");
        foreach (var column in grid.Columns) Tile(column.Target, column.Name, "missing or damaged", "");
        Raw("</tr>");
        foreach (var (row, label) in grid.Labels.Index())
        {
            Raw($"<tr><th>{Html.Text(label)}</th>");
            foreach (var column in grid.Columns)
            {
                var (job, image) = column.Tiles[row];
                var numbers = job.Result is null ? job.Problem ?? ""
                    : string.Join(", ", _metrics.Where(metric => job.Metrics.ContainsKey(metric.Name)).Select(metric => $"{metric.Title} {metric.Format(job.Metrics[metric.Name])}"));
                Tile(image, numbers, job.Failed ? "failed" : job.Result is null ? "not finished" : "unreadable", Value(job));
            }

            Raw("</tr>");
        }

        Raw("</tbody></table></div>");

        void Tile(ShownImage? image, string title, string otherwise, string caption) => Raw(
            $"<td><button type=\"button\" class=\"tile\" title=\"{Html.Text(title)}\">{(image is null ? $"<span class=\"none\">{otherwise}</span>" : $"<img alt=\"{Html.Text(title)}\" src=\"{Html.DataUri(image.MediaType, image.Content.Span)}\">")}{(caption.Length > 0 ? $"<small>{caption}</small>" : "")}</button></td>");

        string Value(TableJob job) =>
            _metrics.Length > 0 && job.Metrics.TryGetValue(_metrics[0].Name, out var value) ? _metrics[0].Format(value) : "";
    }

    private void WriteLosses()
    {
        var byCell = _table.Jobs.Where(job => job.Result is not null).ToLookup(job => job.Job.Cell.Label, job => job.Result!.Losses);
        var panels = _plan.Cells.Take(PictureGrid.MaximumCells).GroupBy(cell => cell.Method).Select(cells => (Method: cells.Key, Series: cells.Select(cell =>
            new ChartSeries(cell.Label, _colours[cell.Label],
            [
                .. byCell[cell.Label].SelectMany(losses => losses).GroupBy(point => point.Iteration).OrderBy(points => points.Key)
                    .Select(points => ((double)points.Key, points.Average(point => point.Loss))),
            ])).ToList())).ToList();
        if (panels.All(panel => panel.Series.All(series => series.Points.Count == 0))) return;
        Raw("<h2>Loss over iterations</h2><p class=\"note\">Mean over images, logarithmic. Methods weigh the terms of their losses differently, so a loss compares within its panel only.</p><div class=\"panels\">");
        foreach (var (method, series) in panels)
            if (LineChart.Draw(series, $"Loss of {method} over iterations", "iteration") is { } chart)
                Raw($"<section class=\"panel\"><h3>{Html.Text(method)}</h3>{chart}{LineChart.Legend(series)}</section>");
        Raw("</div>");
    }

    private void WriteDiscoveries()
    {
        if (content.Discoveries.IsEmpty) return;
        Raw("<h2>Subspaces</h2><p class=\"note\">How the channels of the split layer are grouped. The affinity picture has the channels of a subspace side by side, so that subspaces which stand out are bright blocks on the diagonal.</p><div class=\"panels\">");
        foreach (var discovery in content.Discoveries)
        {
            Raw($"<section class=\"panel\"><h3>{Html.Text(discovery.Spec.Method)}, seed {Count(discovery.Spec.Seed)}</h3><p class=\"note\">Used by {Html.Text(string.Join(", ", discovery.Cells))}.</p>");
            if (discovery.Set is not { } set)
            {
                Raw("<p>Not discovered yet.</p></section>");
                continue;
            }

            if (discovery.Affinity is { } affinity)
                Raw($"<img class=\"affinity\" alt=\"Affinity of channels, ordered by subspace\" src=\"{Html.DataUri("image/png", affinity.Span)}\">");
            Raw($"<div>Channels in each of {Count(set.Sizes.Length)} subspaces</div><div class=\"sizes\">");
            foreach (var (i, size) in set.Sizes.Index())
                Raw($"<span class=\"c{i % LineChart.Colours}\" style=\"flex:{Count(size)}\" title=\"subspace {Count(i)}: {Count(size)} channels\"><b>{Count(size)}</b></span>");
            Raw("</div>");
            if (set.ShareInside is { } inside)
            {
                Raw($"<dl><dt>Affinity inside subspaces</dt><dd>{Share(inside)}</dd>");
                if (set.ShareByChance is { } chance) Raw($"<dt>Mean of random partitions of these sizes</dt><dd>{Share(chance)}</dd>");
                if (set.LargestShareByChance is { } largest) Raw($"<dt>Largest of these random partitions</dt><dd>{Share(largest)}</dd>");
                Raw($"<dt>Mean of subspaces found alike in shuffled affinities</dt><dd>{(set.ShareShuffled is { } shuffled ? Share(shuffled) : "not stored")}</dd>");
                if (set.LargestShareShuffled is { } largestShuffled) Raw($"<dt>Largest of these</dt><dd>{Share(largestShuffled)}</dd>");
                Raw("</dl>");
            }

            List<ChartSeries> series =
            [
                new("features, ‖F − FS‖²", 0, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Feature))]),
                new("image, ‖G₂(F) − G₂(FS)‖²", 1, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Image))]),
                new("sparsity, ‖S‖₁", 2, [.. set.LossHistory.Select(point => ((double)point.Iteration, point.Sparsity))]),
            ];
            if (LineChart.Draw(series, "Loss of the discovery over iterations", "iteration") is { } chart) Raw($"{chart}{LineChart.Legend(series)}");
            Raw($"<details><summary>Settings</summary>{Settings(discovery.Spec.Settings)}<p class=\"note\">Set <code>{discovery.Spec.Id}</code></p></details></section>");
        }

        Raw("</div>");

        static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
    }

    private void WriteNetworks()
    {
        if (content.Networks.IsEmpty) return;
        Raw("<h2>Networks</h2><p class=\"note\">Trained for this sweep or an earlier one, on samples of the generator where nothing else is said; or imported.</p><div class=\"panels\">");
        foreach (var network in content.Networks)
        {
            Raw($"<section class=\"panel\"><h3>{Html.Text(network.Spec.Kind)}, {Html.Text(Origin(network.Spec))}</h3><p class=\"note\">Used by {Html.Text(string.Join(", ", network.Cells))}.</p>");
            if (network.Spec.Weights is { } weights)
            {
                Raw($"<p class=\"note\">SHA-256 of the file <code>{Html.Text(weights.Sha256)}</code></p>");
            }
            else if (network.Card is { } card)
            {
                List<ChartSeries> series =
                [
                    .. card.Terms.Select((term, i) => new ChartSeries(
                        term, i, [.. card.LossHistory.Where(point => i < point.Values.Length).Select(point => ((double)point.Iteration, point.Values[i]))])),
                ];
                if (LineChart.Draw(series, "Loss of the training over iterations", "iteration") is { } chart) Raw($"{chart}{LineChart.Legend(series)}");
            }
            else
            {
                Raw("<p>Not trained yet.</p>");
            }

            Raw($"<details><summary>Settings</summary>{Settings(network.Spec.Settings)}<p class=\"note\">Network <code>{network.Spec.Id}</code></p></details></section>");
        }

        Raw("</div>");
    }

    private static string Origin(NetworkSpec network) => network switch
    {
        { Weights: { } weights } => $"imported from {weights.FileName}",
        { Images: { } images } => $"seed {Count(network.Seed)}, learned from {Count(images.Count)} of the user's images",
        _ => $"seed {Count(network.Seed)}",
    };

    private void WriteProblems()
    {
        var problems = _table.Jobs.Where(job => job.Problem is not null).OrderByDescending(job => job.Failed).ToList();
        if (problems.Count == 0) return;
        Raw("<h2>Without a result</h2><div class=\"wide\"><table class=\"full\"><thead><tr><th>method</th><th>image</th><th>why</th></tr></thead><tbody>");
        foreach (var job in problems.Take(MaximumProblems))
            Raw($"<tr><td class=\"text\">{Html.Text(job.Job.Cell.Label)}</td><td class=\"text\">{Html.Text(job.Job.Image.Name)}</td><td class=\"text{(job.Failed ? " bad" : "")}\">{Html.Text(job.Problem!)}</td></tr>");
        Raw("</tbody></table></div>");
        if (problems.Count > MaximumProblems) Raw($"<p class=\"note\">And {Count(problems.Count - MaximumProblems)} more; table.json lists them all.</p>");
    }

    private void WriteSettings()
    {
        Raw("<h2>What was run</h2>");
        foreach (var cell in _plan.Cells)
            Raw($"<details><summary>{Key(cell.Label)}{Html.Text(cell.Label)}</summary><dl><dt>method</dt><dd>{Html.Text(cell.Method)}</dd></dl>{Settings(cell.Settings)}{(cell.Subspaces is { } subspaces ? $"<p class=\"note\">Subspaces: {Html.Text(subspaces.Method)}, seed {Count(subspaces.Seed)}, set <code>{subspaces.Id}</code></p>" : "")}{(cell.Network is { } network ? $"<p class=\"note\">Network: {Html.Text(network.Kind)}, {Html.Text(Origin(network))}, <code>{network.Id}</code></p>" : "")}</details>");
    }

    private void WriteImages()
    {
        var cells = _plan.Cells.Take(PictureGrid.MaximumCells).ToList();
        var results = _table.Jobs.Where(job => job.Result is not null).DistinctBy(job => (job.Job.Cell.Label, job.Job.Image.Id)).ToDictionary(job => (job.Job.Cell.Label, job.Job.Image.Id), job => job.Metrics);
        Raw($"<details><summary>Every image</summary><div class=\"wide\"><table><thead><tr><th>image</th><th>content id</th>");
        foreach (var cell in cells) Raw($"<th class=\"n\">{Html.Text(cell.Label)}</th>");
        Raw("</tr></thead><tbody>");
        foreach (var image in _plan.Images)
        {
            Raw($"<tr><td class=\"text\">{Html.Text(image.Name)}</td><td><code>{image.Id}</code></td>");
            foreach (var cell in cells)
                Raw($"<td class=\"n\">{(results.TryGetValue((cell.Label, image.Id), out var values) ? string.Join(" / ", _metrics.Where(metric => values.ContainsKey(metric.Name)).Select(metric => metric.Format(values[metric.Name]))) : "–")}</td>");
            Raw("</tr>");
        }

        Raw($"</tbody></table></div><p class=\"note\">{Html.Text(string.Join(" / ", _metrics.Select(metric => metric.Heading)))}</p></details>");
    }

    private void WriteProvenance()
    {
        var results = _table.Jobs.Select(job => job.Result).Where(result => result is not null).Select(result => result!).ToList();
        Raw("<h2>Provenance</h2><dl>");
        Entry("sweep", _plan.Id);
        Entry("generator", content.Options.GeneratorName is { } name ? $"{name}, {_plan.GeneratorId}" : _plan.GeneratorId);
        Entry("task", _plan.Task);
        Entry("seed", Count(_plan.Seed));
        Entry("owner", _plan.Owner);
        Entry("started", string.Join(", ", content.Submissions.Select(Time)));
        Entry("devices", string.Join(", ", results.Select(result => result.Device).Distinct().Order(StringComparer.Ordinal)));
        Entry("product version", string.Join(", ", results.Select(result => result.ProductVersion).Distinct().Order(StringComparer.Ordinal)));
        Entry("report written", Time(content.WrittenAt));
        Raw("</dl>");

        void Entry(string term, string text)
        {
            if (text.Length > 0) Raw($"<dt>{term}</dt><dd>{Html.Text(text)}</dd>");
        }

        static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }

    private bool IsBest(TableRow row, MetricDisplay metric)
    {
        if (_table.Rows.Length < 2 || ValueOf(row.Metrics, metric) is not { } own || metric.HigherIsBetter is not { } higher) return false;
        var means = _table.Rows.Select(other => ValueOf(other.Metrics, metric)).OfType<Estimate>().Select(estimate => estimate.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN);
        return higher ? own.Mean >= means.Max() : own.Mean <= means.Min();
    }

    private static double Reach(IEnumerable<TableDifference> differences, string metric) =>
        ReachOf(differences.Select(difference => difference.Metrics.TryGetValue(metric, out var estimate) ? estimate : (Estimate?)null));

    private static double ReachOf(SweepComparison comparison, MetricDisplay metric) =>
        ReachOf(comparison.Rows.Where(row => row.Metric == metric).Select(row => row.Difference()));

    private static double ReachOf(IEnumerable<Estimate?> estimates)
    {
        var ends = estimates.OfType<Estimate>().SelectMany(estimate => new[] { estimate.Low ?? estimate.Mean, estimate.High ?? estimate.Mean })
            .Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        return ends > 0 ? ends : 1;
    }

    private static Estimate? ValueOf(IReadOnlyDictionary<string, Estimate> metrics, MetricDisplay metric) =>
        metrics.TryGetValue(metric.Name, out var estimate) ? estimate : null;

    private static string Spread(string value) => value.IndexOf('±') is > 0 and var at ? $"{value[..at]}<span class=\"pm\">{value[at..]}</span>" : value;

    private static string Settings(IEnumerable<KeyValuePair<string, string>> settings) => string.Concat(
        "<dl>", string.Concat(settings.Select(setting => $"<dt>{Html.Text(setting.Key)}</dt><dd><code>{Html.Text(setting.Value)}</code></dd>")), "</dl>");

    private static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Duration(double seconds) => seconds switch
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

    private string Key(string label) => $"<span class=\"key c{Count(_colours[label])}\"></span>";

    private void Raw(string html) => _page.Append(html);
}
