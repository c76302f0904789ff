using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Tests.Reports;

public sealed class SweepReportTests : IDisposable
{
    private const string Hostile = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;";

    private readonly TemporaryStore _temporary = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.Zero));

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WriteAsync_FinishedSweep_ShowsEveryPart()
    {
        var plan = SampleSweep.Plan(5, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => 20 + cell + image);
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.SubspaceSet(SampleSweep.Subspaces.Id),
            ArtifactJson.Write(
                new
                {
                    method = "self-expressive",
                    sizes = (int[])[7, 9],
                    shareInside = 0.25,
                    shareByChance = 0.125,
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
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.SubspaceAffinity(SampleSweep.Subspaces.Id),
            ImageFile.EncodePng(Heatmap.Render(new float[16, 16], 2))
        );
        await _temporary.Store.WriteOnceAsync($"sweeps/{plan.Id}/submitted/20260228t091011123z", "{}"u8.ToArray());

        var html = await Html(plan);

        foreach (var image in plan.Images)
            html.ShouldContain(image.Id);
        foreach (
            var part in (string[])
                [
                    "22.00",
                    "Against ours",
                    "+1.00",
                    "25.0 %",
                    "12.5 %",
                    "18.8 %",
                    "20.3 %",
                    ">7</b>",
                    "2026-02-28 09:10:11 UTC",
                    "2026-03-01 12:30:15 UTC",
                    "1.2.3",
                    plan.Id,
                    "Loss of pmsfc",
                    "Loss of mganprior",
                ]
        )
            html.ShouldContain(part);
        Regex.Count(html, "<button type=\"button\" class=\"tile\"").ShouldBe(15);
        Regex.Count(html, "src=\"data:image/png;base64,").ShouldBe(16);
        html.ShouldNotContain("Without a result");
        foreach (var loss in html.Split("polyline").Skip(1))
            loss[..loss.IndexOf('>')].ShouldNotContain("NaN", Case.Sensitive);
    }

    [Fact]
    public async Task WriteAsync_MetricWhereLowerIsBetter_HasItsLowestMeanBold()
    {
        var plan = SampleSweep.Plan(1, "ours", "theirs");
        var jobs = plan.Jobs()
            .Select(
                (job, i) =>
                    new TableJob(job, job.Spec.Id, SampleSweep.Result(job, ("psnr", 20 + i), ("niqe", 3 + i)), Failed: false, Problem: null)
            );

        var files = await new SweepReport(_temporary.Store, _time).WriteAsync(
            new SweepTable(plan, [.. jobs], SampleSweep.Metrics),
            _temporary.PathOf("report")
        );

        var html = await File.ReadAllTextAsync(files.Html);
        foreach (var best in (string[])["21.00", "3.00"])
            html.ShouldContain($"<td class=\"n best\">{best}</td>");
        foreach (var other in (string[])["20.00", "4.00"])
            html.ShouldContain($"<td class=\"n\">{other}</td>");
        html.ShouldContain("NIQE ↓");
    }

    [Fact]
    public async Task WriteAsync_MethodWithANetwork_ShowsItsTraining()
    {
        var plan = SampleSweep.WithNetwork(SampleSweep.Plan(2, "ours", "theirs"), weights: null);
        var network = plan.Cells[1].Network!;
        await SampleSweep.StoreAsync(_temporary.Store, plan, (_, _) => 20);

        (await Html(plan)).ShouldContain("Not trained yet");

        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.NetworkCard(network.Id),
            ArtifactJson.Write(
                new
                {
                    terms = (string[])["code", "image"],
                    lossHistory = (object[])
                        [new { iteration = 1, values = (double[])[2, 1] }, new { iteration = 2, values = (double[])[1, 0.5] }],
                }
            )
        );
        var html = await Html(plan);

        foreach (var part in (string[])["encoder, seed 3", "Used by theirs", "Loss of the training", network.Id])
            html.ShouldContain(part);
        html.ShouldNotContain("Not trained yet");
    }

    [Fact]
    public async Task WriteAsync_RowsWithAnotherPreparation_NameItOnceWithItsRows()
    {
        var sample = SampleSweep.Plan(2, "ours", "theirs");
        (await Html(sample)).ShouldNotContain("Other preparations");
        var statistics = new PreparationSpec
        {
            Kind = "statistics",
            GeneratorId = sample.GeneratorId,
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("samples", "1000"),
            Seed = 4,
        };
        ImmutableArray<PlannedPreparation> preparations =
        [
            new()
            {
                Spec = statistics,
                Bytes = 1,
                IsReadByJobs = false,
            },
        ];

        var html = await Html(sample with { Cells = [.. sample.Cells.Select(cell => cell with { Preparations = preparations })] });

        foreach (var part in (string[])["statistics, seed 4", "Used by ours, theirs", "1000"])
            html.ShouldContain(part);
        html.Split(statistics.Id).Length.ShouldBe(2);
    }

    [Fact]
    public async Task WriteAsync_NetworkOfFilesOfTheUser_SaysOfWhich()
    {
        var sample = SampleSweep.Plan(2, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, sample, (_, _) => 20);

        var imported = await Html(SampleSweep.WithNetwork(sample, SampleSweep.Imported));
        foreach (var part in (string[])["encoder, imported from theirs.pth", SampleSweep.Imported.Sha256, "<td>measured</td>"])
            imported.ShouldContain(part);
        imported.ShouldNotContain("measured-retrained");
        imported.ShouldNotContain("Not trained yet");

        var learned = await Html(
            SampleSweep.WithNetwork(sample, weights: null, new ImageListReference { Id = new string('c', 32), Count = 812 })
        );
        foreach (var part in (string[])["encoder, seed 3, learned from 812 of the user", "<td>measured-retrained</td>"])
            learned.ShouldContain(part);
    }

    [Fact]
    public async Task WriteAsync_WithPublishedNumbers_ShowsThemInATableOfTheirOwn()
    {
        var plan = SampleSweep.Plan(2, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (_, _) => 20);

        (await Html(plan)).ShouldContain("none is quoted");

        var table = await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics);
        var options = new ReportOptions { Quoted = PaperTables.Of("super-resolution") };
        var files = await new SweepReport(_temporary.Store, _time).WriteAsync(table, _temporary.PathOf("report"), options);
        var html = await File.ReadAllTextAsync(files.Html);
        html.IndexOf("<h2>Published</h2>", StringComparison.Ordinal)
            .ShouldBeGreaterThan(html.IndexOf("<h2>Results</h2>", StringComparison.Ordinal));
        html.ShouldContain(
            "<tr><th>RCAN</th><td>CelebA</td><td class=\"n\">28.82</td><td class=\"n\">0.4579</td><td class=\"n\">5.70</td><td>paper</td></tr>"
        );
        html.ShouldNotContain("none is quoted");
        foreach (var file in (string[])[files.Markdown, files.Csv, files.Json])
            (await File.ReadAllTextAsync(file)).ShouldContain("ESRGAN");
    }

    [Fact]
    public async Task WriteAsync_Page_AsksNothingOfANetwork()
    {
        var plan = SampleSweep.Plan(2, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (_, _) => 20);

        var html = await Html(plan);

        Regex
            .Matches(html, "(?:src|href|url|import|action)\\s*[=(]\\s*[\"']?(?!data:image/)[a-z/.]+[:/]", RegexOptions.IgnoreCase)
            .ShouldBeEmpty();
        html.ShouldNotContain("://");
        html.ShouldContain("default-src 'none'");
    }

    [Fact]
    public async Task WriteAsync_NamesThatAreMarkup_AreShownAsText()
    {
        var plan = SampleSweep.Plan(2, "ours", Hostile) with { Name = Hostile, Owner = Hostile };
        plan = plan with { Images = [.. plan.Images.Select(image => image with { Name = Hostile })] };
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => cell == 1 && image == 1 ? null : 20);
        var missing = plan.Jobs().Last().Spec.Id;
        var status = new JobStatus
        {
            Id = missing,
            State = JobState.Failed,
            Attempts = 1,
            Failure = new JobFailure { Name = FailureName.Bug, Message = Hostile },
        };

        var html = await Html(plan, new Dictionary<string, JobStatus> { [missing] = status });

        html.ShouldNotContain("<script>alert");
        html.ShouldNotContain("<img src=x");
        html.ShouldContain("Bug: &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;");
    }

    [Fact]
    public async Task RenderAsync_Comparison_IsInThePageWithItsGates()
    {
        var (before, after) = (SampleSweep.Plan(4, "ours", Hostile), SampleSweep.Plan(4, "ours", Hostile) with { Seed = 1 });
        await SampleSweep.StoreAsync(_temporary.Store, before, (cell, image) => 20 + cell + 0.1 * image);
        await SampleSweep.StoreAsync(_temporary.Store, after, (cell, image) => 20 - cell + 0.1 * image + 0.01 * (image % 2));
        var comparison = new SweepComparison(
            await SweepTable.ReadAsync(_temporary.Store, before, SampleSweep.Metrics),
            await SweepTable.ReadAsync(_temporary.Store, after, SampleSweep.Metrics),
            SampleSweep.Metrics
        );
        var review = new GateReview(comparison, [new Gate(SampleSweep.Metrics[0], -0.1)]);

        var files = await new SweepReport(_temporary.Store, _time).RenderAsync(
            comparison.B,
            new ReportOptions { Comparison = comparison, Review = review }
        );

        files.Select(file => file.Name).ShouldBe(["table.md", "table.csv", "table.json", "grid.png", "report.html"]);
        var html = Encoding.UTF8.GetString(files[^1].Content.Span);
        html.ShouldContain("<h2>Against the earlier run</h2>");
        html.ShouldContain("passed: <code>psnr &gt;= -0.1</code>: ours: ");
        html.ShouldContain("<li class=\"bad\">failed: <code>psnr &gt;= -0.1</code>: &lt;script&gt;");
        html.ShouldContain("<td class=\"text bad\">worse</td>");
        html.ShouldNotContain("<script>alert");
    }

    [Fact]
    public async Task WriteAsync_UnfinishedSweep_SaysWhatIsMissing()
    {
        var plan = SampleSweep.Plan(3, "ours", "theirs");

        var files = await Write(plan);

        var html = await File.ReadAllTextAsync(files.Html);
        html.ShouldContain("Without a result");
        Regex.Count(html, "Not finished\\.</td>").ShouldBe(6);
        html.ShouldContain("Not discovered yet.");
        files.Grid.ShouldBeNull();
    }

    [Fact]
    public async Task WriteAsync_Again_ReplacesEveryFileAndLeavesNothingElse()
    {
        var plan = SampleSweep.Plan(3, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => cell == 1 && image == 2 ? null : 20);
        await Write(plan);

        var files = await Write(plan with { Name = "renamed" });

        Directory
            .GetFiles(_temporary.PathOf("report"))
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe(["grid.png", "report.html", "table.csv", "table.json", "table.md"]);
        (await File.ReadAllTextAsync(files.Html)).ShouldContain("<h1>renamed</h1>");
        var grid = ImageFile.Read(files.Grid!).Image;
        (grid.Width, grid.Height).ShouldBe((3 * (SampleSweep.Side + 4) + 4, 3 * (SampleSweep.Side + 4) + 4));
        grid[4, 4].ShouldBe(SampleSweep.Picture(0, 0)[0, 0]);
        grid[4 + 20, 4 + 20].ShouldBe(SampleSweep.Picture(1, 1)[0, 0]);
        grid[4 + 40, 4 + 40].ShouldBe(new Rgb(208, 208, 208));
    }

    [Fact]
    public async Task WriteAsync_LargeSweep_StaysBelow20Megabytes()
    {
        const int side = 128;
        var labels = Enumerable.Range(0, 10).Select(i => $"cell {i}");
        var plan = SampleSweep.Plan(300, [.. labels]);
        await SampleSweep.StoreAsync(_temporary.Store, plan with { Images = plan.Images[..1] }, (_, _) => null);
        var noise = new byte[3 * side * side];
        new Random(1).NextBytes(noise);
        var pictures = Enumerable.Range(1, 39).Select(Noise).ToList();
        var png = ImageFile.EncodePng(pictures[0]);
        plan = plan with
        {
            Images =
            [
                plan.Images[0],
                .. pictures.Select((picture, i) => plan.Images[i + 1] with { Id = picture.ContentId }),
                .. plan.Images[40..],
            ],
        };
        foreach (var picture in pictures)
            await _temporary.Store.WriteOnceAsync(ArtifactNames.Image(picture.ContentId), ImageFile.EncodePng(picture));
        var jobs = plan.Jobs()
            .Select(job => new TableJob(
                job,
                job.Spec.Id,
                SampleSweep.Result(job, ("psnr", 20), ("ssim", 0.5)) with
                {
                    ReconstructionSha256 = Sha256Text.Of(png),
                },
                Failed: false,
                Problem: null
            ))
            .ToList();
        foreach (var job in jobs.Where(job => plan.Images[..40].Contains(job.Job.Image)))
            await _temporary.Store.WriteOnceAsync(ArtifactNames.JobReconstruction(job.Id), png);

        var files = await new SweepReport(_temporary.Store, _time).WriteAsync(
            new SweepTable(plan, [.. jobs], SampleSweep.Metrics),
            _temporary.PathOf("report"),
            new ReportOptions { MaximumImages = 300 }
        );

        new FileInfo(files.Html).Length.ShouldBeInRange(10_000_000, 20_000_000);
        (await File.ReadAllTextAsync(files.Html)).ShouldContain("The first ");

        RgbImage Noise(int number)
        {
            noise[0] = (byte)number;
            return new RgbImage(side, side, noise);
        }
    }

    [Fact]
    public async Task WriteAsync_TargetThatIsAnotherImage_IsNotShown()
    {
        var plan = SampleSweep.Plan(2, "ours");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (_, _) => 20);
        var (name, other) = (
            ArtifactNames.Image(plan.Images[0].Id),
            await _temporary.Store.ReadAsync(ArtifactNames.Image(plan.Images[1].Id))
        );
        await _temporary.Store.DeleteAsync(name);
        await _temporary.Store.WriteOnceAsync(name, other!.Content);

        (await Html(plan)).ShouldContain("missing or damaged");
    }

    [Fact]
    public async Task WriteAsync_FolderThatCannotBe_IsRefused()
    {
        await File.WriteAllTextAsync(_temporary.PathOf("report"), "a file");

        (await Should.ThrowAsync<BadInputException>(() => Write(SampleSweep.Plan(1, "ours")))).Message.ShouldContain("cannot be made");
    }

    private async Task<string> Html(SweepPlan plan, IReadOnlyDictionary<string, JobStatus>? statuses = null) =>
        await File.ReadAllTextAsync((await Write(plan, statuses)).Html, Encoding.UTF8);

    private async Task<ReportFiles> Write(SweepPlan plan, IReadOnlyDictionary<string, JobStatus>? statuses = null) =>
        await new SweepReport(_temporary.Store, _time).WriteAsync(
            await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics, statuses),
            _temporary.PathOf("report")
        );
}
