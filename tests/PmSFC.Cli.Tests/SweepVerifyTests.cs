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
        var pictures = Directory.GetFiles(workshop.PathOf("store/jobs"), "reconstruction.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var target = Directory.GetFiles(workshop.PathOf("store/images")).Order(StringComparer.Ordinal).First();
        File.Copy(pictures[1], pictures[0], overwrite: true);
        await File.WriteAllBytesAsync(target, (await File.ReadAllBytesAsync(target))[..^30]);

        var verified = await Pmsfc.RunAsync(workshop.Folder, "sweep", "verify", "--store", "store", "--json");

        verified.ExitCode.ShouldBe(1, verified.Error);
        var verdict = verified.JsonLines.Single();
        verdict.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("artifact").GetString()).ShouldBe([Name(target), Name(pictures[0])]);
        verdict.GetProperty("advice").EnumerateArray().Select(advice => advice.GetString()!.Split(": ", 2)[1]).ShouldContain(advice => advice.Contains("sweep run FILE --images FOLDER"));
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "run", spec, "--images", images, "--store", "store", "--json")).ShouldBeDone();
        (await Pmsfc.RunAsync(workshop.Folder, "sweep", "verify", "--store", "store")).ShouldBeDone().ShouldContain("all as they were stored");
        ReadAll("reconstruction.png").Count.ShouldBe(4);
        ReadAll("result.json").Count(result => results[result.Key] != result.Value).ShouldBeLessThanOrEqualTo(1);

        string Name(string path) => Path.GetRelativePath(workshop.PathOf("store"), path);

        Dictionary<string, string> ReadAll(string file) => Directory.GetFiles(workshop.PathOf("store/jobs"), file, SearchOption.AllDirectories)
            .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)), StringComparer.Ordinal);
    }
}
