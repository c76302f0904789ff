using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class SweepVerifyTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string Spec = """
        name: enlarged
        generator: celeba64-pggan
        task: { name: super-resolution, settings: { factor: 4 } }
        methods:
          - method: input
            settings: { enlargement: [nearest, bicubic] }
        """;

    [Fact]
    public async Task Verify_PictureReplacedAndTargetTruncated_NamesThemWithAdviceThatMendsThem()
    {
        var (spec, images) = (workshop.Write("enlarged.yaml", Spec), workshop.WritePictures("pictures", 2));
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "run", spec, "--images", images, "--store", "store", "--json")).ShouldBeDone();
        var results = ReadAll("result.json");
        var pictures = Directory
            .GetFiles(workshop.PathOf("store/jobs"), "reconstruction.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var target = Directory.GetFiles(workshop.PathOf("store/images")).Order(StringComparer.Ordinal).First();
        File.Copy(pictures[1], pictures[0], overwrite: true);
        await File.WriteAllBytesAsync(target, (await File.ReadAllBytesAsync(target))[..^30]);

        var verified = await Pmsfc.RunAsync(workshop.Folder, "sweep", "verify", "--store", "store", "--json");

        verified.ExitCode.ShouldBe(1, verified.Error);
        var verdict = verified.JsonLines.Single();
        verdict
            .GetProperty("findings")
            .EnumerateArray()
            .Select(finding => finding.GetProperty("artifact").GetString())
            .ShouldBe([Name(target), Name(pictures[0])]);
        verdict
            .GetProperty("advice")
            .EnumerateArray()
            .Select(advice => advice.GetString()!.Split(": ", 2)[1])
            .ShouldContain(advice => advice.Contains("sweep run FILE --images FOLDER"));
        var resumed = await Pmsfc.RunAsync(workshop.Folder, "sweep", "resume", "--store", "store", "--json");
        resumed.ExitCode.ShouldBe(1, "the target is still damaged");
        resumed
            .JsonLines.Single(line => line.GetProperty("event").GetString() == "mended")
            .GetProperty("advice")[0]
            .GetString()!
            .ShouldContain("sweep run FILE --images FOLDER");
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "run", spec, "--images", images, "--store", "store", "--json")).ShouldBeDone();
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "verify", "--store", "store"))
            .ShouldBeDone()
            .ShouldContain("all as they were stored");
        ReadAll("reconstruction.png").Count.ShouldBe(4);
        ReadAll("result.json").Count(result => results[result.Key] != result.Value).ShouldBeLessThanOrEqualTo(1);

        string Name(string path) => Path.GetRelativePath(workshop.PathOf("store"), path);

        Dictionary<string, string> ReadAll(string file) =>
            Directory
                .GetFiles(workshop.PathOf("store/jobs"), file, SearchOption.AllDirectories)
                .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)), StringComparer.Ordinal);
    }

    /// <summary>Advice is followed to the letter: what is a folder is damaged, is named, and comes back.</summary>
    [Fact]
    public async Task Resume_FoldersInThePlaceOfFiles_AreNamedAndMended()
    {
        var (spec, images) = (workshop.Write("folders.yaml", Spec), workshop.WritePictures("three", 3));
        string[] options = ["--store", workshop.PathOf("folders"), "--json"];
        (await Pmsfc.RunAsync(workshop.Folder, ["sweep", "run", spec, "--images", images, .. options])).ShouldBeDone();
        var plan = Files("sweeps", "plan.json").Single();
        string[] damaged =
        [
            Files("jobs", "result.json")[0],
            Files("jobs", "result.json")[4],
            Files("state/inversionjob/job", "*")[2],
            Files("jobs", "reconstruction.png")[2],
        ];
        foreach (var path in damaged)
            MakeFolder(path);
        MakeFolder(plan);

        (await Said("sweep", "list")).ShouldContain("plan (it is empty, or no file); run the sweep from its spec again");
        (await Said("sweep", "report")).ShouldContain("is not that sweep's plan");
        (await Pmsfc.RunAsync(workshop.Folder, ["sweep", "run", spec, "--images", images, .. options])).ShouldBeDone();
        (await Said("sweep", "verify")).ShouldContain("\"well\":true");

        foreach (var path in damaged)
            MakeFolder(path);
        var verified = await Said("sweep", "verify");
        foreach (var path in damaged)
            verified.ShouldContain($"\"artifact\":\"{Name(path)}\"");
        var measured = await InProcess.RunAsync(["sweep", "measure", .. options]);
        (measured.Code, measured.Error).ShouldBe((1, ""));
        foreach (var path in damaged.Where(path => !path.Contains("/state/")))
            measured.Output.ShouldContain(Name(path));
        var forecast = await InProcess.RunAsync(["sweep", "plan", spec, "--images", images, .. options]);
        forecast.Output.ShouldContain("\"damaged\":3");
        (await Pmsfc.RunAsync(workshop.Folder, ["sweep", "resume", .. options])).ShouldBeDone();
        (await Said("sweep", "verify")).ShouldContain("\"well\":true");
        Directory.GetFiles(workshop.PathOf("folders/set-aside"), "mine.txt", SearchOption.AllDirectories).Length.ShouldBe(9);

        string[] Files(string folder, string pattern) =>
            [
                .. Directory
                    .GetFiles(workshop.PathOf($"folders/{folder}"), pattern, SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal),
            ];

        string Name(string path) => Path.GetRelativePath(workshop.PathOf("folders"), path);

        static void MakeFolder(string path)
        {
            File.Delete(path);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(path).FullName, "mine.txt"), "mine");
        }

        async Task<string> Said(params string[] command)
        {
            var (_, output, error) = await InProcess.RunAsync([.. command, .. options]);
            return output + error;
        }
    }

    /// <summary>To plan is to look: a store in use or one that cannot be written is read.</summary>
    [FactNeeding<Tmpfs>]
    public async Task Plan_StoreThatIsReadOnlyOrInUse_SaysWhatIsLeft()
    {
        using var tmpfs = new Tmpfs(Directory.CreateDirectory(workshop.PathOf("mount")).FullName, "size=64m");
        var (spec, images) = (workshop.Write("planned.yaml", Spec), workshop.WritePictures("planned", 2));
        string[] plan = ["sweep", "plan", spec, "--images", images, "--store", tmpfs.Path, "--json"];
        (await InProcess.RunAsync(["generators", "list", "--store", tmpfs.Path])).Code.ShouldBe(0);
        using (Silo.Hosting.StoreGuard.Take(tmpfs.Path))
            (await InProcess.RunAsync(plan)).Code.ShouldBe(0);
        tmpfs.Remount("ro");

        var (code, output, error) = await InProcess.RunAsync(plan);

        code.ShouldBe(0, error);
        output.ShouldContain("\"jobs\":4,\"done\":0");
    }
}
