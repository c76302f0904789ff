using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Storage.Tests;

namespace PmSFC.Cli.Tests;

/// <summary>One night with the bundled generator and one with a spoilt one have run; what changes their store works on a copy.</summary>
public sealed class EvaluateTests(EvaluateTests.Nights nights) : IClassFixture<EvaluateTests.Nights>
{
    private readonly Workshop _workshop = nights.Workshop;

    [Fact]
    public void Evaluate_First_HasNothingToCompareWithAndEndsWell()
    {
        nights.First.ShouldBeDone();

        var evaluation = nights.First.JsonLines[^1];
        (Text(evaluation, "event"), Text(evaluation, "outcome"), Text(evaluation, "against")).ShouldBe(("evaluation", "first", null));
        Text(evaluation, "sentence").ShouldBe("There is no earlier evaluation of this spec to compare with.");
        evaluation.GetProperty("passed").GetBoolean().ShouldBeTrue();
        evaluation.GetProperty("headline").GetProperty("metric").GetString().ShouldBe("psnr");
        FilesOf(nights.First).ShouldBe(["evaluation.json", "grid.png", "report.html", "table.csv", "table.json", "table.md"]);
    }

    [Fact]
    public async Task Evaluate_WorseGenerator_FailsTheGateAndItsReportNamesIt()
    {
        nights.Second.ExitCode.ShouldBe(4, nights.Second.Error);

        var evaluation = nights.Second.JsonLines[^1];
        (Text(evaluation, "outcome"), Text(evaluation, "against")).ShouldBe(("failed", Text(nights.First.JsonLines[^1], "sweep")));
        var gate = evaluation.GetProperty("gates").EnumerateArray().Single();
        (Text(gate, "gate"), Text(gate, "label"), gate.GetProperty("failed").GetBoolean()).ShouldBe(("psnr >= -0.1", "codes", true));
        Text(evaluation, "generatorName")!.ShouldStartWith("spoilt-");
        FilesOf(nights.Second)
            .ShouldBe(["comparison.csv", "evaluation.json", "gates.xml", "grid.png", "report.html", "table.csv", "table.json", "table.md"]);
        var folder = FolderOf(nights.Second);
        var junit = await File.ReadAllTextAsync(Path.Combine(folder, "gates.xml"));
        junit.ShouldContain("failures=\"1\"");
        junit.ShouldContain("<testcase name=\"psnr &gt;= -0.1\" classname=\"codes\"");
        var page = await File.ReadAllTextAsync(Path.Combine(folder, "report.html"));
        page.ShouldContain("<h2>Against the earlier run</h2>");
        page.ShouldContain("failed: <code>psnr &gt;= -0.1</code>");
    }

    /// <summary>Also what lies outside the store's own names stays as it is: nothing is started, computed or written.</summary>
    [Fact]
    public async Task Evaluate_Again_ComputesAndStoresNothingAndSaysTheSame()
    {
        var store = nights.CopyOfStore("again");
        var before = Snapshot(store);

        var first = await nights.EvaluateAsync(store, "--generator", "celeba64-pggan");
        var second = await nights.EvaluateAsync(
            store,
            "--generator",
            "store:incoming/spoilt.safetensors",
            "--perceptual",
            nights.Perceptual
        );

        Snapshot(store).Except(before).Concat(before.Except(Snapshot(store))).ShouldBeEmpty();
        foreach (var (repeated, night) in new[] { (first, nights.First), (second, nights.Second) })
        {
            repeated.ExitCode.ShouldBe(night.ExitCode, repeated.Error);
            repeated.JsonLines.Select(line => Text(line, "event")).ShouldNotContain("job");
            var (plan, evaluation) = (Event(repeated, "plan"), repeated.JsonLines[^1]);
            plan.GetProperty("stored").GetInt32().ShouldBe(plan.GetProperty("jobs").GetInt32());
            evaluation.GetProperty("stored").GetBoolean().ShouldBeFalse();
            foreach (var property in (string[])["outcome", "at", "against", "report", "sweep"])
                Text(evaluation, property).ShouldBe(Text(night.JsonLines[^1], property));
        }
    }

    [Fact]
    public async Task List_Evaluations_AreTheHistory()
    {
        var (code, output, error) = await InProcess.RunAsync("evaluate", "list", "--store", nights.Store, "--json");

        code.ShouldBe(0, error);
        output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (Text(line, "outcome"), Text(line, "sweep"), Text(line, "spec")))
            .ShouldBe([
                ("failed", Text(nights.Second.JsonLines[^1], "sweep"), Text(nights.First.JsonLines[^1], "spec")),
                ("first", Text(nights.First.JsonLines[^1], "sweep"), Text(nights.First.JsonLines[^1], "spec")),
            ]);
        var text = (await InProcess.RunAsync("evaluate", "list", "--store", nights.Store)).Output;
        text.ShouldContain("FAILED: psnr >= -0.1 (codes)");
        text.ShouldContain("PSNR (dB)");
    }

    [Fact]
    public async Task Verify_SweepOfAnEvaluation_FindsNothingForeign() =>
        (
            await InProcess.RunAsync("sweep", "verify", Text(nights.Second.JsonLines[^1], "sweep")!, "--store", nights.Store)
        ).Output.ShouldContain("all as they were stored");

    [Fact]
    public async Task Evaluate_OtherImages_AreAHistoryOfTheirOwnAndThatIsSaid()
    {
        var outcome = await nights.EvaluateAsync(nights.CopyOfStore("limited"), "--generator", "celeba64-pggan", "--limit", "3");

        outcome.ShouldBeDone();
        var evaluation = outcome.JsonLines[^1];
        Text(evaluation, "outcome").ShouldBe("first");
        Text(evaluation, "sentence")!
            .ShouldStartWith("There is no earlier evaluation of this spec to compare with. The last one called 'nightly',");
        Text(evaluation, "sentence")!.ShouldEndWith("had other images.");
    }

    /// <summary>Gates are no part of what makes specs the same: another gate is asked of the same results, and the new verdict takes the old one's place.</summary>
    [Fact]
    public async Task Evaluate_OtherGate_JudgesTheStoredResultsAgain()
    {
        var store = nights.CopyOfStore("lenient");

        var outcome = await nights.EvaluateAsync(
            store,
            [.. nights.SecondGenerator, "--gate", "psnr >= -90", "--out", _workshop.PathOf("lenient-report")]
        );

        outcome.ShouldBeDone();
        Text(outcome.JsonLines[^1], "outcome").ShouldBe("passed");
        Event(outcome, "plan").GetProperty("stored").GetInt32().ShouldBe(Nights.Images);
        File.ReadAllText(_workshop.PathOf("lenient-report/gates.xml")).ShouldContain("failures=\"0\"");
        File.ReadAllText(Path.Combine(store, FolderNameOf(outcome), "gates.xml")).ShouldContain("failures=\"0\"");
    }

    [Fact]
    public async Task Evaluate_ReportThatWasDamaged_IsStoredAgain()
    {
        var store = nights.CopyOfStore("mended");
        var page = Path.Combine(store, FolderNameOf(nights.First), "report.html");
        await File.WriteAllTextAsync(page, "damaged");

        var outcome = await nights.EvaluateAsync(store, "--generator", "celeba64-pggan");

        outcome.ShouldBeDone();
        outcome.JsonLines[^1].GetProperty("stored").GetBoolean().ShouldBeTrue();
        (await File.ReadAllTextAsync(page)).ShouldContain("<!DOCTYPE html>");
    }

    /// <summary>The verdict of a repeated evaluation stays, since its record says what it was compared with; the damaged record is made again by its own evaluation.</summary>
    [Fact]
    public async Task Evaluate_DamagedRecord_IsNamedAndWrittenAgainByItsOwnEvaluation()
    {
        var store = nights.CopyOfStore("damaged");
        var record = Path.Combine(store, FolderNameOf(nights.First), "evaluation.json");
        await File.WriteAllTextAsync(record, "{");

        var second = await nights.EvaluateAsync(store, nights.SecondGenerator);

        second.ExitCode.ShouldBe(4, second.Error);
        var note = Event(second, "note").GetProperty("note").GetString()!;
        note.ShouldStartWith(
            $"Left out of the history: {FolderNameOf(nights.First)}/evaluation.json in directory {store} is not the record of that evaluation (line 1 is damaged or missing)"
        );
        note.ShouldContain("'evaluate' of the same spec and generator writes it again");
        (await InProcess.RunAsync("evaluate", "list", "--store", store)).Output.ShouldContain("is not the record of that evaluation");
        (await nights.EvaluateAsync(store, "--generator", "celeba64-pggan"))
            .JsonLines[^1]
            .GetProperty("stored")
            .GetBoolean()
            .ShouldBeTrue();
        (await InProcess.RunAsync("evaluate", "list", "--store", store)).Output.ShouldNotContain("is not the record of that evaluation");
        Directory.GetFiles(Path.Combine(store, "set-aside"), "evaluation.json", SearchOption.AllDirectories).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Evaluate_RecordOfALaterVersion_IsRefused()
    {
        var store = nights.CopyOfStore("later");
        await File.WriteAllTextAsync(Path.Combine(store, FolderNameOf(nights.First), "evaluation.json"), "{\"format\": 2}");

        (await nights.EvaluateAsync(store, nights.SecondGenerator))
            .ShouldBeBadInput()
            .ShouldContain("is of format 2, which a later version of this product wrote");
        (await InProcess.RunAsync("evaluate", "list", "--store", store)).Output.ShouldContain("is of format 2");
    }

    [Fact]
    public async Task Evaluate_KilledInTheMiddle_IsFinishedByTheSameCommand()
    {
        var store = nights.CopyOfStore("killed");
        string[] arguments = ["--generator", "celeba64-pggan", "--set", "iterations=120", "--checkpoint-every", "0.2", "--threads", "1"];
        using (var process = Pmsfc.Start(_workshop.Folder, nights.Command(store, arguments)))
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.Contains("\"event\":\"job\""))
                    break;
            process.Kill();
            await process.WaitForExitAsync();
        }

        var outcome = await nights.EvaluateAsync(store, arguments);

        outcome.ShouldBeDone();
        Text(outcome.JsonLines[^1], "sentence")!.ShouldEndWith("had other methods, settings, task or seed.");
        (await InProcess.RunAsync("evaluate", "list", "--store", store, "--json"))
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Length.ShouldBe(3);
    }

    /// <summary>A job that fails leaves the evaluation open, and none is compared with it.</summary>
    [Fact]
    public async Task Evaluate_JobsFail_IsIncomplete()
    {
        var store = nights.CopyOfStore("failing");

        var outcome = await nights.EvaluateAsync(
            store,
            "--generator",
            "store:incoming/infinite.safetensors",
            "--perceptual",
            nights.Perceptual
        );

        outcome.ExitCode.ShouldBe(1, outcome.Error);
        Text(outcome.JsonLines[^1], "outcome").ShouldBe("incomplete");
        Text(outcome.JsonLines[^1], "sentence").ShouldBe("Not compared, since 4 jobs have no result; the same command tries them again.");
    }

    [Theory]
    [InlineData("nightly.yaml:4:9: this gate is 'pnsr >= 0', but there is no metric 'pnsr'; did you mean 'psnr'?", "gates: [pnsr >= 0]")]
    [InlineData("nightly.yaml:4:9: this gate is 'psnr <= 0', but a higher psnr is better", "gates: [psnr <= 0]")]
    [InlineData("'gates' is a list; begin each item with '- '", "gates: psnr >= 0")]
    [InlineData(
        "The gate 'lpips-alex <= 0.01' is on a metric that needs weights, and no folder of them is named",
        "gates: [lpips-alex <= 0.01]"
    )]
    [InlineData("--gate is 'psnr > 0', but '>' is none of its operators", "", "--gate", "psnr > 0")]
    [InlineData("There is no image set 'evening' in directory", "", "--images", "set:evening")]
    [InlineData("There is no generator 'nobody' in directory", "", "--generator", "nobody")]
    [InlineData("./nobody.pth does not exist; check the path", "", "--generator", "./nobody.pth")]
    [InlineData("There is no 'incoming/nobody.pth' in directory", "", "--generator", "store:incoming/nobody.pth")]
    [InlineData("--generator is 'store:Incoming/x', but the store holds no such name", "", "--generator", "store:Incoming/x")]
    [InlineData("--generator is 'azure:weights', but it names no blob: give azure:<container>/<path>", "", "--generator", "azure:weights")]
    [InlineData(
        "--generator is 'az://weights/x.pth', but 'az' is no kind of place that is read: give a path, store:<name>, azure:<container>/<path>",
        "",
        "--generator",
        "az://weights/x.pth"
    )]
    [InlineData("it carries a secret, which others can read", "", "--generator", "https://a.blob.core.windows.net/weights/x.pth?sv=1")]
    [InlineData(
        "'azure:weights/x.pth' cannot be read: azure:weights needs the storage account's connection string",
        "",
        "--generator",
        "azure:weights/x.pth"
    )]
    [InlineData("--perceptual is for a generator that is imported", "", "--perceptual", "store:incoming/v.pth")]
    [InlineData("store:incoming/text.pth", "", "--generator", "store:incoming/text.pth")]
    public async Task Evaluate_BadInput_IsOneSentenceAndStoresNothing(string sentence, string line, params string[] options)
    {
        var folder = Directory.CreateDirectory(_workshop.PathOf($"bad-{Guid.NewGuid():n}"));
        var spec = Path.Combine(folder.FullName, "nightly.yaml");
        await File.WriteAllTextAsync(
            spec,
            $"name: nightly\nimages: set:eval\ngenerator: celeba64-pggan\n{(line.Length > 0 ? line : "seed: 0")}\nmethods: [{{ method: mganprior }}]\n"
        );
        var before = Snapshot(nights.Store);

        var (code, output, error) = await InProcess.RunAsync(["evaluate", spec, "--store", nights.Store, .. options]);

        code.ShouldBe(2, output);
        error.ShouldContain(sentence);
        error.TrimEnd('\n').ShouldNotContain("\n");
        Snapshot(nights.Store).Except(before).ShouldBeEmpty();
    }

    /// <summary>The spec of the manifests for Kubernetes is one that the product takes.</summary>
    [Fact]
    public async Task Evaluate_NightlySpecOfTheManifests_NeedsNothingButItsImages()
    {
        var spec = Path.Combine(Repository.Root, "k8s", "components", "nightly", "nightly.yaml");
        var store = nights.CopyOfStore("manifests");

        (await InProcess.RunAsync("evaluate", spec, "--store", store)).Error.ShouldContain("There is no image set 'nightly'");
        (await InProcess.RunAsync("images", "import", _workshop.PathOf("pictures"), "--name", "nightly", "--store", store)).Code.ShouldBe(
            0
        );
        var (code, output, error) = await InProcess.RunAsync("sweep", "plan", spec, "--store", store, "--json");
        code.ShouldBe(0, error);
        output.ShouldContain($"\"images\":{Nights.Images}");
    }

    [FactNeeding<Tmpfs>]
    public async Task Evaluate_StoreThatIsReadOnly_IsRefusedAndListed()
    {
        using var tmpfs = new Tmpfs(Directory.CreateDirectory(_workshop.PathOf("mount")).FullName, "size=256m");
        Nights.Copy(nights.Store, tmpfs.Path);
        tmpfs.Remount("ro");

        (await nights.EvaluateAsync(tmpfs.Path, "--generator", "celeba64-pggan")).ShouldBeBadInput().ShouldStartWith("error: the store");
        (await InProcess.RunAsync("evaluate", "list", "--store", tmpfs.Path)).Output.ShouldContain("FAILED");
    }

    [FactNeeding<Azurite>]
    public async Task Evaluate_GeneratorInAContainer_IsImportedFromThere()
    {
        using var azurite = new Azurite();
        var (weights, container) = (Azurite.FreshContainer(), Azurite.FreshContainer());
        await azurite.Container(weights).CreateAsync();
        await azurite.Container(weights).UploadBlobAsync("Run 7/G_latest.safetensors", BinaryData.FromBytes(nights.Spoilt));
        var environment = new Dictionary<string, string>
        {
            [Storage.ArtifactStores.ConnectionVariable] = Azurite.ConnectionString(azurite.Endpoint),
        };
        var spec = _workshop.Write(
            "enlarged.yaml",
            """
            name: enlarged
            generator: celeba64-pggan
            task: { name: super-resolution, settings: { factor: 4 } }
            gates: [psnr >= -0.1]
            methods: [{ method: input, label: nearest, settings: { enlargement: nearest } }]
            """
        );
        string[] options =
        [
            "evaluate",
            spec,
            "--images",
            _workshop.WritePictures("container", 3),
            "--store",
            $"azure:{container}",
            "--json",
        ];

        var first = await RunAsync([.. options, "--generator", $"azure:{weights}/Run 7/G_latest.safetensors"]);
        var second = await RunAsync(options);
        var missing = await RunAsync([.. options, "--generator", $"azure:{weights}/nothing.pth"]);
        environment[Storage.ArtifactStores.ConnectionVariable] = Azurite
            .ConnectionString(azurite.Endpoint)
            .Replace("AccountKey=Eby8", "AccountKey=Aby8", StringComparison.Ordinal);
        var refused = await RunAsync([
            "evaluate",
            spec,
            "--images",
            options[3],
            "--store",
            _workshop.PathOf("kept"),
            "--generator",
            $"azure:{weights}/Run 7/G_latest.safetensors",
        ]);

        Text(first.JsonLines[^1], "outcome").ShouldBe("first", first.Error);
        Text(first.JsonLines[^1], "generatorName")!.ShouldStartWith("G_latest-");
        Text(second.JsonLines[^1], "outcome").ShouldBe("passed", second.Error);
        missing.ShouldBeBadInput().ShouldBe($"error: There is no blob azure:{weights}/nothing.pth; check the container and the path.\n");
        refused.ExitCode.ShouldBe(2, refused.Error);
        refused.Error.ShouldContain(
            $"azure:{weights}/Run 7/G_latest.safetensors may not be read by this process (403 AuthorizationFailure): check its key"
        );
        refused.Error.ShouldNotContain("Signature");

        async Task<Outcome> RunAsync(string[] arguments)
        {
            using var process = Pmsfc.Start(_workshop.Folder, environment, arguments);
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return new Outcome(process.ExitCode, await output, await error);
        }
    }

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) ? value.GetString() : null;

    private static JsonElement Event(Outcome outcome, string name) => outcome.JsonLines.First(line => Text(line, "event") == name);

    private static string FolderNameOf(Outcome outcome) => Path.GetDirectoryName(Text(outcome.JsonLines[^1], "report"))!;

    private string FolderOf(Outcome outcome) => Path.Combine(nights.Store, FolderNameOf(outcome));

    private string[] FilesOf(Outcome outcome) =>
        [.. Directory.GetFiles(FolderOf(outcome)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Every artifact with its content and the time of its last writing.</summary>
    private static Dictionary<string, string> Snapshot(string store) =>
        Directory
            .GetFiles(store, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(store, file).StartsWith('.'))
            .ToDictionary(
                file => Path.GetRelativePath(store, file),
                file =>
                    $"{File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"
            );

    public sealed class Nights : IAsyncLifetime, IDisposable
    {
        public const int Images = 4;

        private const string Spec = """
            name: nightly
            images: set:eval
            generator: celeba64-pggan
            gates: [psnr >= -0.1]
            methods:
              - method: mganprior
                label: codes
                settings: { iterations: 12, codes: 2 }
            """;

        public Workshop Workshop { get; } = new();

        public string Store => Workshop.PathOf("store");

        public string Perceptual { get; } = Path.Combine(AppContext.BaseDirectory, "models", "celeba64-pggan", "discriminator.safetensors");

        public IReadOnlyList<string> SecondGenerator => ["--generator", "store:incoming/spoilt.safetensors", "--perceptual", Perceptual];

        /// <summary>A generator all of whose images are white.</summary>
        internal byte[] Spoilt { get; } = WithOutput(0, 10);

        internal Outcome First { get; private set; } = null!;

        internal Outcome Second { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Workshop.Write("nightly.yaml", Spec);
            Workshop.Write("store/incoming/spoilt.safetensors", Spoilt);
            Workshop.Write("store/incoming/text.pth", "no weights");
            Workshop.Write("store/incoming/infinite.safetensors", WithOutput(float.MaxValue, 0));
            (
                await InProcess.RunAsync("images", "import", Workshop.WritePictures("pictures", Images), "--name", "eval", "--store", Store)
            ).Code.ShouldBe(0);
            First = await EvaluateAsync(Store, "--generator", "celeba64-pggan");
            Second = await EvaluateAsync(Store, SecondGenerator);
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => Workshop.Dispose();

        /// <summary>A copy of the store, files with their times.</summary>
        public string CopyOfStore(string name)
        {
            Copy(Store, Workshop.PathOf(name));
            return Workshop.PathOf(name);
        }

        internal string[] Command(string store, IEnumerable<string> options) =>
            ["evaluate", Workshop.PathOf("nightly.yaml"), "--store", store, "--json", .. options];

        internal Task<Outcome> EvaluateAsync(string store, params IEnumerable<string> options) =>
            Pmsfc.RunAsync(Workshop.Folder, Command(store, options));

        internal static void Copy(string from, string to)
        {
            foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        /// <summary>The bundled generator with a last layer of one weight and one bias.</summary>
        private static byte[] WithOutput(float weight, float bias)
        {
            var path = Path.Combine(AppContext.BaseDirectory, "models", "celeba64-pggan", "generator.safetensors");
            var file = StateDict.Read(File.ReadAllBytes(path), path);
            return file
                .Names.Aggregate(new SafetensorsWriter(), (writer, name) => writer.Add(name, [.. Values(name)], [.. file.Shape(name)]))
                .ToArray();

            IEnumerable<float> Values(string name)
            {
                var values = file.ReadFloats(name, [.. file.Shape(name)]);
                return name switch
                {
                    "output4.conv.weight" => values.Select(_ => weight),
                    "output4.wscale.bias" => values.Select(_ => bias),
                    _ => values,
                };
            }
        }
    }
}
