using System.Text.Json;
using System.Text.Json.Nodes;
using PmSFC.Cli.Tests.Support;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Cli.Tests;

public sealed class SweepProcessTests(Workshop workshop) : IClassFixture<Workshop>
{
    // Jobs that go on keep the width of their run and so every bit. Jobs that had not begun may be batched otherwise after the kill: libtorch may then
    // add up in another order, and hundreds of Adam steps enlarge the last bit.
    private const double PsnrTolerance = 0.1;
    private const double SsimTolerance = 0.005;

    private const string Spec = """
        name: tiny
        generator: celeba64-pggan
        methods:
          - method: pmsfc
            settings: { iterations: 100, codes: 1 }
            subspaces:
              method: self-expressive
              preset: tuned
              settings: { steps: 10, subspaces: 2 }
          - method: mganprior
            settings: { iterations: 100, codes: 2 }
        """;

    [Fact]
    public async Task Resume_KilledInTheMiddle_FinishesWhatIsMissingAndEqualsAnUndisturbedRun()
    {
        var run = new[]
        {
            "sweep",
            "run",
            workshop.Write("tiny.yaml", Spec),
            "--images",
            workshop.WritePictures("pictures", 3),
            "--json",
            "--threads",
            "1",
        };
        var undisturbed = await Pmsfc.RunAsync(workshop.Folder, [.. run, "--store", "undisturbed"]);
        undisturbed.ShouldBeDone();

        var doneBefore = await KillInTheMiddleAsync([.. run, "--store", "killed", "--checkpoint-every", "0.3"]);
        var written = ResultTimes("killed");
        var resumed = await Pmsfc.RunAsync(workshop.Folder, "sweep", "resume", "--store", "killed", "--json", "--threads", "1");

        resumed.ShouldBeDone();
        resumed.JsonLines[0].GetProperty("stored").GetInt32().ShouldBe(written.Count);
        written.Count.ShouldBeGreaterThanOrEqualTo(doneBefore);
        doneBefore.ShouldBeInRange(3, 5);
        written.Count.ShouldBeLessThan(6);
        foreach (var (path, time) in written)
            File.GetLastWriteTimeUtc(path).ShouldBe(time, "a stored result is not written again");
        var (expected, actual) = (MetricsOf(undisturbed), MetricsOf(resumed));
        actual.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var (job, metrics) in expected)
        {
            actual[job].Psnr.ShouldBe(metrics.Psnr, PsnrTolerance, job);
            actual[job].Ssim.ShouldBe(metrics.Ssim, SsimTolerance, job);
        }

        Recompute("killed");
        await MeasureAsync("killed");
        await StatusAndReportAsync("killed");
    }

    [Fact]
    public async Task Run_WhollyStoredBefore_IsASweepOfItsOwnUnderItsLatestNames()
    {
        var images = workshop.WritePictures("pair", 2);
        var spec = workshop.Write(
            "pair.yaml",
            "name: pair\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    label: first\n    settings: { iterations: 2, codes: 1 }\n"
        );
        string[] run = ["sweep", "run", spec, "--images", images, "--store", "pair", "--json"];
        (await Pmsfc.RunAsync(workshop.Folder, run)).ShouldBeDone();

        workshop.Write(
            "pair.yaml",
            File.ReadAllText(spec)
                .Replace("first", "second", StringComparison.Ordinal)
                .Replace("name: pair", "name: one", StringComparison.Ordinal)
        );
        var one = await Pmsfc.RunAsync(workshop.Folder, [.. run, "--limit", "1"]);

        one.ShouldBeDone();
        one.JsonLines[0].GetProperty("stored").GetInt32().ShouldBe(1);
        var id = one.JsonLines[0].GetProperty("sweep").GetString();
        var report = await Pmsfc.RunAsync(workshop.Folder, "sweep", "report", "--store", "pair", "--json");
        report.ShouldBeDone();
        report.JsonLines[^1].GetProperty("sweep").GetString().ShouldBe(id);
        (await Pmsfc.RunAsync(workshop.Folder, run)).ShouldBeDone();
        var listed = (await Pmsfc.RunAsync(workshop.Folder, "sweep", "list", "--store", "pair", "--json")).JsonLines;
        listed.Select(line => line.GetProperty("name").GetString()).ShouldBe(["one", "one"]);
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "report", "--store", "pair")).ShouldBeDone().ShouldContain("second");
    }

    [Fact]
    public async Task Run_CtrlC_CheckpointsSaysHowToResumeAndExitsWith130()
    {
        var spec = workshop.Write(
            "long.yaml",
            "name: long\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 100000, codes: 1 }\n"
        );
        using var process = Pmsfc.Start(
            workshop.Folder,
            "sweep",
            "run",
            spec,
            "--images",
            workshop.WritePictures("two", 2),
            "--store",
            "interrupted",
            "--json"
        );
        var error = process.StandardError.ReadToEndAsync();
        var events = new List<JsonElement>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            events.Add(JsonDocument.Parse(line).RootElement);
            if (IterationOf(events[^1]) > 1)
                break;
        }

        ChildProcess.Run("kill", "-INT", $"{process.Id}").ShouldSucceed();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            events.Add(JsonDocument.Parse(line).RootElement);
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(130, await error);
        (await error).ShouldStartWith("stopping: saving checkpoints");
        events[^1].GetProperty("event").GetString().ShouldBe("interrupted");
        events[^1].GetProperty("resume").GetString()!.ShouldStartWith("pmsfc sweep resume ");
        Directory.GetDirectories(Path.Combine(workshop.PathOf("interrupted"), "checkpoints")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Demo_SecondRun_ComputesNothingAnew()
    {
        string[] demo =
        [
            "demo",
            "--out",
            "demo",
            "--set",
            "iterations=3",
            "--set",
            "codes=2",
            "--set",
            "subspaces.steps=3",
            "--threads",
            "1",
        ];

        var first = (await Pmsfc.RunAsync(workshop.Folder, [.. demo, "--store", "demo-store"])).ShouldBeDone();
        var written = ResultTimes("demo-store");
        var second = (await Pmsfc.RunAsync(workshop.Folder, [.. demo, "--store", "demo-store"])).ShouldBeDone();

        first.ShouldContain("composites of two of the generator's own samples each");
        first.ShouldContain("16 jobs, none stored yet");
        second.ShouldContain("16 jobs, all stored before: nothing is made again");
        written.Count.ShouldBe(16);
        ResultTimes("demo-store").ShouldBe(written, ignoreOrder: true);
        new FileInfo(workshop.PathOf("demo/report.html")).Length.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task Demo_OnTheOtherBundledGenerator_NeedsNoPerceptualNetwork()
    {
        string[] demo =
        [
            "demo",
            "--generator",
            "celeba64-stylegan2",
            "--out",
            "other-demo",
            "--store",
            "other-demo-store",
            "--set",
            "iterations=3",
            "--set",
            "codes=2",
            "--set",
            "subspaces.steps=3",
            "--threads",
            "1",
        ];

        var output = (await Pmsfc.RunAsync(workshop.Folder, demo)).ShouldBeDone();

        output.ShouldContain("Imported the bundled generator celeba64-stylegan2");
        ResultTimes("other-demo-store").Count.ShouldBe(16);
        Directory
            .GetFiles(workshop.PathOf("other-demo-store/jobs"), "result.json", SearchOption.AllDirectories)
            .ShouldAllBe(result => File.ReadAllText(result).Contains("\"code-space\": \"w\""), "the preset for generators with styles");
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "verify", "--store", "other-demo-store")).ShouldBeDone();
    }

    [Theory]
    [InlineData("projector")]
    [InlineData("image2stylegan")]
    [InlineData("sam")]
    [InlineData("bdinvert", "network.iterations=2", "network.width=4")]
    [InlineData("pti")]
    public async Task Invert_ByStyles_ServesTheBundledStyleGan2Alone(string method, params string[] more)
    {
        var picture = Path.Combine(workshop.WritePictures("styles", 1), "picture-0.png");
        string[] invert = ["invert", picture, "--method", method, "--set", "iterations=3", "--out", method, "--store", "styles-store"];

        string[] small = [.. more.SelectMany(setting => new[] { "--set", setting }), "--threads", "1"];
        (await Pmsfc.RunAsync(workshop.Folder, [.. invert, .. small, "--generator", "celeba64-stylegan2"])).ShouldBeDone();
        var refused = await Pmsfc.RunAsync(workshop.Folder, [.. invert, "--generator", "celeba64-pggan"]);

        File.Exists(workshop.PathOf($"{method}/picture-0-{method}.png")).ShouldBeTrue();
        refused.ShouldBeBadInput().ShouldContain($"The method '{method}' searches styles, but a generator of the family 'pggan' has none");
    }

    /// <summary>A sweep whose images get weights of their own.</summary>
    [Fact]
    public async Task Plan_OfTunedWeights_SaysWhatTheStoreMustHold()
    {
        var pictures = workshop.WritePictures("planned", 2);
        var spec = workshop.Write("tuned.yaml", "generator: celeba64-stylegan2\nmethods:\n  - method: pti\n  - method: projector\n");
        string[] plan = ["sweep", "plan", spec, "--images", pictures, "--store", "planned-store"];

        var told = (await Pmsfc.RunAsync(workshop.Folder, plan)).ShouldBeDone();
        var forecast = (await Pmsfc.RunAsync(workshop.Folder, [.. plan, "--json"])).JsonLines[^1].GetProperty("forecast");

        var cells = forecast.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("codesBytes").GetInt64()).ToArray();
        cells[0].ShouldBeGreaterThan(20 * cells[1]);
        forecast.GetProperty("codesBytesLeft").GetInt64().ShouldBe(2 * cells.Sum());
        told.ShouldMatch(@"Codes to store: \d+ MiB, up to \d+ MiB a job\.");
    }

    [Fact]
    public async Task Invert_OneImage_WritesItsReconstruction()
    {
        var picture = Path.Combine(workshop.WritePictures("one", 1), "picture-0.png");
        var invert = new[]
        {
            "invert",
            picture,
            "--method",
            "mganprior",
            "--set",
            "iterations=3",
            "--set",
            "codes=2",
            "--out",
            "inverted",
            "--store",
            "invert-store",
            "--json",
        };

        var outcome = await Pmsfc.RunAsync(workshop.Folder, invert);

        outcome.ShouldBeDone();
        var result = outcome.JsonLines.Single(line => line.GetProperty("event").GetString() == "result");
        var metrics = await Pmsfc.RunAsync(workshop.Folder, "metrics", picture, result.GetProperty("file").GetString()!, "--json");
        metrics
            .JsonLines[0]
            .GetProperty("metrics")
            .GetProperty("psnr")
            .GetDouble()
            .ShouldBe(result.GetProperty("metrics").GetProperty("psnr").GetDouble(), 1e-9);

        // Another image of the same name, in another call.
        var written = File.ReadAllBytes(workshop.PathOf("inverted/picture-0-mganprior.png"));
        invert[1] = workshop.Write("other/picture-0.png", Imaging.ImageFile.EncodePng(Workshop.Picture(64, 5)));
        var other = (await Pmsfc.RunAsync(workshop.Folder, invert)).JsonLines.Single(line =>
            line.GetProperty("event").GetString() == "result"
        );
        Path.GetFileName(other.GetProperty("file").GetString()!).ShouldMatch(@"\Apicture-0-[0-9a-f]{8}-mganprior\.png\z");
        File.ReadAllBytes(workshop.PathOf("inverted/picture-0-mganprior.png")).ShouldBe(written);
    }

    [Fact]
    public async Task Invert_ForATask_TakesItsSettingsAndMask()
    {
        var picture = Path.Combine(workshop.WritePictures("task-pictures", 1), "picture-0.png");
        var mask = workshop.Write(
            "mask.png",
            ImageFile.EncodePng(new RgbImage(64, 64, [.. Enumerable.Range(0, 3 * 64 * 64).Select(i => (byte)(i < 6000 ? 255 : 0))]))
        );
        string[] invert =
        [
            "invert",
            picture,
            "--method",
            "mganprior",
            "--set",
            "iterations=2",
            "--set",
            "codes=2",
            "--store",
            "task-store",
            "--json",
        ];

        var inpainted = await Pmsfc.RunAsync(workshop.Folder, [.. invert, "--task", "inpainting", "--set", $"task.mask={mask}"]);
        var unknown = await Pmsfc.RunAsync(workshop.Folder, [.. invert, "--task", "impainting"]);
        var noMask = await Pmsfc.RunAsync(workshop.Folder, [.. invert, "--task", "inpainting", "--set", "task.mask=none.png"]);

        inpainted.ShouldBeDone();
        var stored = JsonDocument.Parse(File.ReadAllText(ResultTimes("task-store").Keys.ShouldHaveSingleItem())).RootElement;
        stored.GetProperty("spec").GetProperty("task").GetString().ShouldBe("inpainting");
        unknown.ShouldBeBadInput().ShouldContain("'inpainting'");
        noMask.ShouldBeBadInput().ShouldContain("none.png");
    }

    [Fact]
    public async Task Discover_FewSteps_ShowsWhatIsStored()
    {
        string[] discover =
        [
            "subspaces",
            "discover",
            "--split",
            "5",
            "--subspaces",
            "3",
            "--set",
            "steps=5",
            "--store",
            "discovered",
            "--json",
        ];

        var discovered = await Pmsfc.RunAsync(workshop.Folder, discover);
        var shown = await Pmsfc.RunAsync(workshop.Folder, "subspaces", "show", "latest", "--store", "discovered", "--json");

        discovered.ShouldBeDone();
        shown.ShouldBeDone();
        var set = shown.JsonLines.ShouldHaveSingleItem();
        set.GetProperty("splitLayer").GetInt32().ShouldBe(5);
        set.GetProperty("sizes").EnumerateArray().Sum(size => size.GetInt32()).ShouldBe(96);
        set.GetProperty("id").GetString().ShouldBe(discovered.JsonLines[^1].GetProperty("id").GetString());
    }

    private static int IterationOf(JsonElement line) =>
        line.GetProperty("event").GetString() == "job"
        && line.GetProperty("job").GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress
            ? progress.GetProperty("iteration").GetInt32()
            : 0;

    private static Dictionary<string, (double Psnr, double Ssim)> MetricsOf(Outcome outcome) =>
        outcome
            .JsonLines.Single(line => line.GetProperty("event").GetString() == "table")
            .GetProperty("table")
            .GetProperty("jobs")
            .EnumerateArray()
            .ToDictionary(
                job => job.GetProperty("id").GetString()!,
                job =>
                    (job.GetProperty("metrics").GetProperty("psnr").GetDouble(), job.GetProperty("metrics").GetProperty("ssim").GetDouble())
            );

    private async Task<int> KillInTheMiddleAsync(string[] run)
    {
        using var process = Pmsfc.Start(workshop.Folder, run);
        var done = new HashSet<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var change = JsonDocument.Parse(line).RootElement;
            if (change.GetProperty("event").GetString() != "job")
                continue;
            var job = change.GetProperty("job");
            if (job.GetProperty("state").GetString() == "succeeded")
                done.Add(job.GetProperty("id").GetString()!);
            if (done.Count >= 3 && HasCheckpoint("killed", 2))
                break;
        }

        process.Kill();
        await process.WaitForExitAsync();
        return done.Count;
    }

    private bool HasCheckpoint(string store, int iteration) =>
        Directory.Exists(Path.Combine(workshop.PathOf(store), "checkpoints"))
        && Directory
            .EnumerateFiles(Path.Combine(workshop.PathOf(store), "checkpoints"), "*", SearchOption.AllDirectories)
            .Any(path =>
                ArtifactNames.TryParseCheckpoint(Path.GetRelativePath(workshop.PathOf(store), path), out var at) && at >= iteration
            );

    private Dictionary<string, DateTime> ResultTimes(string store) =>
        Directory
            .EnumerateFiles(Path.Combine(workshop.PathOf(store), "jobs"), "result.json", SearchOption.AllDirectories)
            .ToDictionary(path => path, File.GetLastWriteTimeUtc);

    private async Task StatusAndReportAsync(string store)
    {
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "status", "--store", store)).ShouldBeDone().ShouldContain("Finished.");
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "report", "--out", "report", "--store", store))
            .ShouldBeDone()
            .ShouldContain("report.html");
    }

    private async Task MeasureAsync(string store)
    {
        var auc = Directory.GetFiles(workshop.PathOf(store), "result.json", SearchOption.AllDirectories).First();
        var result = JsonNode.Parse(File.ReadAllText(auc).Replace("\"auc\"", "\"auc-of-before\"", StringComparison.Ordinal))!.AsObject();
        foreach (var proof in (string[])["files", "seal"])
            result.Remove(proof).ShouldBeTrue("an earlier version, which knew no 'auc', sealed nothing");
        File.WriteAllText(auc, result.ToJsonString());
        Directory.CreateDirectory(workshop.PathOf("no-weights"));
        string[] command = ["sweep", "measure", "--weights", "no-weights", "--json", "--store", store];

        foreach (var (measured, kept) in ((int, int)[])[(1, 5), (0, 6)])
        {
            var outcome = await Pmsfc.RunAsync(workshop.Folder, command);
            outcome.ShouldBeDone();
            var line = outcome.JsonLines.ShouldHaveSingleItem();
            var metric = line.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("metric").GetString() == "auc");
            (metric.GetProperty("measured").GetInt32(), metric.GetProperty("kept").GetInt32()).ShouldBe((measured, kept));
            line.GetProperty("missing").GetProperty("niqe").GetString()!.ShouldStartWith("no NIQE parameters in no-weights");
        }
    }

    private void Recompute(string store)
    {
        if (Reference.WithPillow.Missing is null)
            Reference.RunScript("recompute.py", [workshop.PathOf(store)]).ShouldContain("6 results");
    }
}
