using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.Reports;

/// <summary>The report's page against one that somebody has looked at, so that a change of its HTML is seen.</summary>
public sealed class ReportPageTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Render_SweepWithEverySection_IsTheApprovedPage()
    {
        var html = await RenderAsync();

        foreach (
            var heading in (string[])
                [
                    "Results",
                    "Against ours",
                    "Against the earlier run",
                    "Published",
                    "Targets and reconstructions",
                    "Loss over iterations",
                    "Subspaces",
                    "Networks",
                    "Without a result",
                    "What was run",
                    "Provenance",
                ]
        )
            html.ShouldContain($"<h2>{heading}</h2>");
        var received = Path.Combine(AppContext.BaseDirectory, "report.received.html");
        await File.WriteAllTextAsync(received, html);
        var approved = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Reports", "Approved", "report.html"));
        html.ShouldBe(approved, $"The page has changed. If it is meant to, put {received} in the place of Reports/Approved/report.html.");
    }

    /// <summary>A page with every section, without its styles, its script and the bytes of its images, one tag a line.</summary>
    private async Task<string> RenderAsync()
    {
        var store = _temporary.Store;
        var before = SampleSweep.Plan(3, "ours", "theirs");
        var after = SampleSweep.WithNetwork(before with { Seed = 1, Name = "faces & <names>" }, weights: null);
        await SampleSweep.StoreAsync(store, before, (cell, image) => 20 + cell + 0.1 * image);
        await SampleSweep.StoreAsync(store, after, (cell, image) =>
            (cell, image) == (1, 2) ? null : 20 - cell + 0.1 * image + 0.01 * (image % 2)
        );
        await store.WriteOnceAsync(
            ArtifactNames.SubspaceSet(SampleSweep.Subspaces.Id),
            ArtifactJson.Write(
                new
                {
                    sizes = (int[])[7, 9],
                    shareInside = 0.25,
                    shareByChance = 0.125,
                    largestShareByChance = 0.13,
                    shareShuffled = 0.1875,
                    largestShareShuffled = 0.203,
                    lossHistory = (object[])
                        [
                            new
                            {
                                iteration = 1,
                                feature = 1.5,
                                image = 0.5,
                                sparsity = 3,
                            },
                            new
                            {
                                iteration = 2,
                                feature = 1,
                                image = 0.25,
                                sparsity = 4,
                            },
                        ],
                }
            )
        );
        await store.WriteOnceAsync(
            ArtifactNames.SubspaceAffinity(SampleSweep.Subspaces.Id),
            ImageFile.EncodePng(Heatmap.Render(new float[16, 16], 2))
        );
        await store.WriteOnceAsync(
            ArtifactNames.NetworkCard(after.Cells[1].Network!.Id),
            ArtifactJson.Write(
                new
                {
                    terms = (string[])["code", "image"],
                    lossHistory = (object[])
                        [new { iteration = 1, values = (double[])[2, 1] }, new { iteration = 2, values = (double[])[1, 0.5] }],
                }
            )
        );
        await store.WriteOnceAsync($"sweeps/{after.Id}/submitted/20260228t091011123z", "{}"u8.ToArray());
        var failed = after.Jobs().Last().Spec.Id;
        var statuses = new Dictionary<string, JobStatus>
        {
            [failed] = new()
            {
                Id = failed,
                State = JobState.Failed,
                Attempts = 1,
                Failure = new JobFailure { Name = FailureName.Bug, Message = "It < went wrong." },
            },
        };
        var comparison = new SweepComparison(
            await SweepTable.ReadAsync(store, before, SampleSweep.Metrics),
            await SweepTable.ReadAsync(store, after, SampleSweep.Metrics, statuses),
            SampleSweep.Metrics
        );
        var options = new ReportOptions
        {
            MaximumImages = 2,
            Quoted = PaperTables.Of("super-resolution"),
            Comparison = comparison,
            Review = new GateReview(comparison, [new Gate(SampleSweep.Metrics[0], -0.1)]),
            GeneratorName = "celeba64-pggan",
        };
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.Zero));
        var files = await new SweepReport(store, time).RenderAsync(comparison.B, options);
        var html = Encoding.UTF8.GetString(files[^1].Content.Span);
        html = Regex.Replace(html, "(?<=<(style|script)>).*?(?=</\\1>)", "…", RegexOptions.Singleline);
        html = Regex.Replace(html, "(?<=base64,)[A-Za-z0-9+/=]+", "…");
        return html.Replace("><", ">\n<", StringComparison.Ordinal) + "\n";
    }
}
