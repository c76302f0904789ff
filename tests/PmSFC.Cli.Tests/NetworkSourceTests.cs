using System.Security.Cryptography;
using PmSFC.Cli.Tests.Support;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Cli.Tests;

/// <summary>Networks that come from a user's files: images to learn from, and weights.</summary>
public sealed class NetworkSourceTests(Workshop workshop) : IClassFixture<Workshop>
{
    [Theory]
    [InlineData("gen-vis-mani", "images: nowhere", "bad.yaml:5:16: ", "nowhere does not exist")]
    [InlineData("gen-vis-mani", "images: empty", "bad.yaml:5:16: ", "has no PNG, JPEG, WebP, BMP or GIF file")]
    [InlineData("gen-vis-mani", "images: pictures", "bad.yaml:5:", "nobody knows the codes of images")]
    [InlineData("gen-vis-mani", "weights: text.pth", "bad.yaml:5:16: ", "'encoder' cannot be imported")]
    [InlineData("gen-vis-mani", "weights: text.pth, settings: { width: 4 }", "bad.yaml:5:45: ", "remove one of the two")]
    [InlineData("col-hallucination", "weights: text.pth", "bad.yaml:5:16: ", "text.pth")]
    [InlineData("col-hallucination", "weights: none.pth", "bad.yaml:5:16: ", "none.pth does not exist")]
    [InlineData("mganprior", "weights: text.pth", "bad.yaml:5:5: ", "uses no trained network")]
    [InlineData("mganprior", "images: nowhere", "bad.yaml:5:5: ", "uses no trained network")]
    public async Task Run_NetworkOfBadFiles_SaysWhereAndStoresNothing(string method, string network, string place, string sentence)
    {
        Directory.CreateDirectory(workshop.PathOf("empty"));
        workshop.Write("text.pth", "these are no weights");
        var spec = workshop.Write(
            "bad.yaml",
            $"generator: celeba64-pggan\ntask: colorization\nmethods:\n  - method: {method}\n    network: {{ {network} }}\n"
        );

        var error = (
            await Pmsfc.RunAsync(workshop.Folder, "sweep", "run", spec, "--images", workshop.WritePictures("pictures", 1), "--store", "bad")
        ).ShouldBeBadInput();

        error.ShouldContain(place);
        error.ShouldContain(sentence);
        error.TrimEnd().ShouldNotContain('\n');
        Directory.CreateDirectory(workshop.PathOf("bad"));
        Directory
            .GetDirectories(workshop.PathOf("bad"))
            .Select(Path.GetFileName)
            .ShouldNotContain(folder => folder == "networks" || folder == "images" || folder == "image-lists" || folder == "jobs");
    }

    [Fact]
    public async Task Run_NetworksOfImagesAndOfWeights_SaysOfEachRowWhereItsNumbersComeFrom()
    {
        const string Learning = """
            generator: celeba64-pggan
            task: colorization
            methods:
              - method: col-hallucination
                label: learned
                network: { images: pictures, settings: { width: 1, iterations: 2, batch: 2 } }
            """;
        var pictures = workshop.WritePictures("pictures", 3);
        string[] options = ["--images", pictures, "--limit", "1", "--store", "store", "--threads", "1"];
        (await RunAsync("sweep", ["plan", workshop.Write("learning.yaml", Learning), .. options])).ShouldContain("learns from 3 images");
        (await RunAsync("sweep", ["run", workshop.PathOf("learning.yaml"), .. options])).ShouldContain("measured-retrained");
        var weights = Directory
            .GetFiles(workshop.PathOf("store"), "weights.safetensors", SearchOption.AllDirectories)
            .Single(path => path.Contains("networks"));
        var published = workshop.Write("published.safetensors", WithoutMetadata(weights));
        File.Copy(weights, workshop.PathOf("own.safetensors"));

        var importing = workshop.Write(
            "importing.yaml",
            Learning.Split("    label")[0] + "    network: { weights: published.safetensors }\n"
        );
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(published)));
        var plan = await RunAsync("sweep", ["plan", importing, .. options]);
        plan.ReplaceLineEndings("").ShouldContain($"is imported from published.safetensors (SHA-256 {sha256}");
        plan.ShouldNotContain("to train first");
        var run = await RunAsync("sweep", ["run", importing, .. options]);
        run.ShouldContain("measured");
        run.ShouldNotContain("retrained");

        var own = workshop.Write("own.yaml", File.ReadAllText(importing).Replace("published", "own"));
        (await RunAsync("sweep", ["run", own, .. options])).ShouldContain("measured-retrained");

        var report = await RunAsync("sweep", ["report", "latest", "--paper", "--store", "store", "--out", "report"]);
        foreach (var part in (string[])["Table 2 of Li et al. 2021", "ColHallucination", "LSUN church", "89.13", "paper"])
            report.ShouldContain(part);
        File.ReadAllText(workshop.PathOf("report/table.md")).ShouldContain("| ColHallucination | LSUN church | 89.13 | paper |");
    }

    [Fact]
    public async Task Invert_WithImagesToLearnFrom_TrainsOnThem()
    {
        var pictures = workshop.WritePictures("pictures", 3);
        string[] settings =
        [
            "--set",
            $"network.images={pictures}",
            "--set",
            "network.code-weight=0",
            "--set",
            "network.iterations=2",
            "--set",
            "network.width=4",
        ];

        await RunAsync(
            "invert",
            [
                Path.Combine(pictures, "picture-0.png"),
                "--method",
                "gen-vis-mani",
                "--set",
                "iterations=0",
                .. settings,
                "--store",
                "inverted",
                "--out",
                "out",
            ]
        );

        File.Exists(workshop.PathOf("out/picture-0-gen-vis-mani.png")).ShouldBeTrue();
        Directory.GetFiles(workshop.PathOf("inverted/image-lists")).ShouldHaveSingleItem();
        Directory.GetFiles(workshop.PathOf("inverted/images")).Length.ShouldBe(3);
    }

    private static byte[] WithoutMetadata(string path)
    {
        var file = StateDict.Read(File.ReadAllBytes(path), path);
        return file
            .Names.Aggregate(new SafetensorsWriter(), (writer, name) =>
                writer.Add(name, file.ReadFloats(name, [.. file.Shape(name)]), [.. file.Shape(name)])
            )
            .ToArray();
    }

    private async Task<string> RunAsync(string command, params IEnumerable<string> arguments) =>
        (await Pmsfc.RunAsync(workshop.Folder, [command, .. arguments])).ShouldBeDone();
}
