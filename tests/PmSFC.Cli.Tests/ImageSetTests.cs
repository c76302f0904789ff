using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Cli.Tests;

public sealed class ImageSetTests : IDisposable
{
    private const string Spec = """
        name: enlarged
        generator: celeba64-pggan
        task: { name: super-resolution, settings: { factor: 4 } }
        methods:
          - method: input
            settings: { enlargement: nearest }
        """;

    private readonly Workshop _workshop = new();

    private string Store => _workshop.PathOf("store");

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task Import_Folder_IsListedAndShown()
    {
        var folder = _workshop.WritePictures("eval300", 2);

        var imported = Single(await RunAsync("images", "import", folder, "--json"));

        (
            Text(imported, "name"),
            Text(imported, "outcome"),
            imported.GetProperty("count").GetInt32(),
            imported.GetProperty("filesWritten").GetInt32()
        ).ShouldBe(("eval300", "created", 2, 2));
        var listed = Single(await RunAsync("images", "list", "--json"));
        (Text(listed, "name"), Text(listed, "id"), listed.GetProperty("bytes").GetInt64()).ShouldBe(
            ("eval300", Text(imported, "id"), Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length))
        );
        var shown = Single(await RunAsync("images", "show", "eval300", "--json"));
        shown
            .GetProperty("images")
            .EnumerateArray()
            .Select(image => (Text(image, "file"), image.GetProperty("width").GetInt32()))
            .ShouldBe([("picture-0.png", 64), ("picture-1.png", 64)]);
        (await RunAsync("images", "list")).ShouldContain("eval300");
        (await RunAsync("images", "show", "eval300")).ShouldContain("picture-1.png");
    }

    [Fact]
    public async Task Import_Twice_SaysThatNothingWasChanged()
    {
        var folder = _workshop.WritePictures("pictures", 2);
        var first = await RunAsync("images", "import", folder, "--name", "eval");
        first.ShouldContain("Image set eval: 2 images");
        first.ShouldContain("2 files written; each content is stored once.");
        first.ShouldContain($"sweep run FILE --images set:eval --store {Store}");

        (await RunAsync("images", "import", folder, "--name", "eval")).ShouldContain("The store has it already; nothing was changed.");
    }

    /// <summary>Both ways that the refusal names lead on.</summary>
    [Fact]
    public async Task Import_OtherImages_AreRefusedWithAdviceThatWorks()
    {
        await RunAsync("images", "import", _workshop.WritePictures("two", 2), "--name", "eval");
        var three = _workshop.WritePictures("three", 3);

        var (code, _, error) = await InProcess.RunAsync("images", "import", three, "--name", "eval", "--store", Store);

        code.ShouldBe(2);
        error.ShouldBe(
            "error: The image set 'eval' has other images (2 in the store, 3 here: 1 that it does not have), and a set is not changed, since results on it are "
                + "compared; import these images under another name with --name, or put them in its place with --replace.\n"
        );
        (await RunAsync("images", "import", three, "--name", "eval-2")).ShouldContain("Image set eval-2: 3 images");
        (await RunAsync("images", "import", three, "--name", "eval", "--replace")).ShouldContain("It replaces the set that had this name");
        (await RunAsync("images", "import", three, "--name", "eval", "--replace")).ShouldContain("nothing was changed");
    }

    [Theory]
    [InlineData("must be 1 to 100 lower-case letters", "images", "import", "FOLDER", "--name", "My Faces")]
    [InlineData("must be 1 to 100 lower-case letters", "images", "import", "Folder-With-Capitals")]
    [InlineData("does not exist; check the path", "images", "import", "nowhere.png", "--name", "a")]
    [InlineData("has no PNG, JPEG, WebP, BMP or GIF file", "images", "import", "empty", "--name", "a")]
    [InlineData("There is no image set 'evil'", "images", "show", "evil")]
    [InlineData(
        "did you mean 'eval'? It has eval; or import one with 'images import FOLDER --name evil'.",
        "sweep",
        "plan",
        "SPEC",
        "--images",
        "set:evil"
    )]
    [InlineData("--images is 'set:Eval', but the name of an image set must be 1 to 100", "sweep", "plan", "SPEC", "--images", "set:Eval")]
    [InlineData("<image> is 'set:', but the name of an image set must be 1 to 100", "invert", "set:")]
    public async Task Images_BadInput_IsOneSentence(string sentence, params string[] arguments)
    {
        var folder = _workshop.WritePictures("pictures", 1);
        _workshop.WritePictures("Folder-With-Capitals", 1);
        Directory.CreateDirectory(_workshop.PathOf("empty"));
        await RunAsync("images", "import", folder, "--name", "eval");
        var spec = _workshop.Write("sweep.yaml", Spec);

        var (code, output, error) = await InProcess.RunAsync([.. arguments.Select(Replaced), "--store", Store]);

        code.ShouldBe(2, output);
        error.ShouldContain(sentence);
        error.TrimEnd('\n').ShouldNotContain("\n");

        string Replaced(string argument) =>
            argument switch
            {
                "FOLDER" => folder,
                "SPEC" => spec,
                "nowhere.png" or "empty" or "Folder-With-Capitals" => _workshop.PathOf(argument),
                _ => argument,
            };
    }

    [Fact]
    public async Task Plan_SetWithoutAStore_SaysSoAndMakesNone()
    {
        var (code, _, error) = await InProcess.RunAsync(
            "sweep",
            "plan",
            _workshop.Write("sweep.yaml", "images: set:eval\n" + Spec),
            "--store",
            Store
        );

        code.ShouldBe(2);
        error.ShouldBe(
            $"error: There is no image set 'eval', since there is no store at {Store}; import one with 'images import FOLDER --name eval'.\n"
        );
        Directory.Exists(Store).ShouldBeFalse();
    }

    /// <summary>A set is another way to name the same images: sweep and jobs have the ids that the folder gives, and no job runs again.</summary>
    [Fact]
    public async Task Run_SetOfAFolder_IsTheSweepOfThatFolder()
    {
        var folder = _workshop.WritePictures("pictures", 3);
        _workshop.Write("pictures/tall.png", ImageFile.EncodePng(new RgbImage(70, 90, new byte[3 * 70 * 90])));
        var (byFolder, bySet) = (_workshop.Write("folder.yaml", Spec), _workshop.Write("set.yaml", "images: set:eval\n" + Spec));
        await RunAsync("images", "import", folder, "--name", "eval");
        Directory.Move(folder, _workshop.PathOf("moved"));

        var first = await Pmsfc.RunAsync(_workshop.Folder, "sweep", "run", bySet, "--store", Store, "--json");

        first.ShouldBeDone();
        var jobs = Directory.GetDirectories(Path.Combine(Store, "jobs")).Order(StringComparer.Ordinal).ToArray();
        jobs.Length.ShouldBe(4);
        var again = await Pmsfc.RunAsync(
            _workshop.Folder,
            "sweep",
            "run",
            byFolder,
            "--images",
            _workshop.PathOf("moved"),
            "--store",
            Store,
            "--json"
        );
        again.ShouldBeDone();
        Event(again, "plan").GetProperty("sweep").GetString().ShouldBe(Event(first, "plan").GetProperty("sweep").GetString());
        Event(again, "plan").GetProperty("stored").GetInt32().ShouldBe(4);
        Directory.GetDirectories(Path.Combine(Store, "jobs")).Order(StringComparer.Ordinal).ShouldBe(jobs);
        (await RunAsync("sweep", "verify")).ShouldContain("all as they were stored");
        (await RunAsync("sweep", "plan", byFolder, "--images", "set:eval", "--limit", "2", "--json")).ShouldContain(
            "\"jobs\":2,\"done\":2"
        );
    }

    [Fact]
    public async Task Plan_NetworkThatLearnsFromASet_TakesItsImages()
    {
        await RunAsync("images", "import", _workshop.WritePictures("pictures", 3), "--name", "faces");
        var spec = _workshop.Write(
            "learning.yaml",
            """
            images: set:faces
            limit: 1
            generator: celeba64-pggan
            methods:
              - method: gen-vis-mani
                network: { images: set:faces, settings: { code-weight: 0 } }
            """
        );

        (await RunAsync("sweep", "plan", spec)).ShouldContain("learns from 3 images");
    }

    [FactNeeding<Tmpfs>]
    public async Task Images_StoreThatIsReadOnly_IsReadAndNotWritten()
    {
        using var tmpfs = new Tmpfs(Directory.CreateDirectory(_workshop.PathOf("mount")).FullName, "size=64m");
        var folder = _workshop.WritePictures("pictures", 1);
        (await InProcess.RunAsync("images", "import", folder, "--name", "eval", "--store", tmpfs.Path)).Code.ShouldBe(0);
        tmpfs.Remount("ro");

        (await InProcess.RunAsync("images", "show", "eval", "--store", tmpfs.Path)).Code.ShouldBe(0);
        (await InProcess.RunAsync("images", "list", "--store", tmpfs.Path)).Output.ShouldContain("eval");
        var (code, _, error) = await InProcess.RunAsync("images", "import", folder, "--name", "other", "--store", tmpfs.Path);
        code.ShouldBe(2);
        error.ShouldStartWith("error: the store");
        error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [FactNeeding<Azurite>]
    public async Task Import_IntoAContainer_IsTheSameSet()
    {
        using var azurite = new Azurite();
        var folder = _workshop.WritePictures("pictures", 2);
        var id = Text(Single(await RunAsync("images", "import", folder, "--name", "eval", "--json")), "id");
        var environment = new Dictionary<string, string>
        {
            [ArtifactStores.ConnectionVariable] = Azurite.ConnectionString(azurite.Endpoint),
        };
        var container = $"azure:{Azurite.FreshContainer()}";

        var first = Single(await InContainerAsync("images", "import", folder, "--name", "eval", "--json"));
        var again = Single(await InContainerAsync("images", "import", folder, "--name", "eval", "--json"));

        (Text(first, "outcome"), Text(again, "outcome"), Text(first, "id")).ShouldBe(("created", "unchanged", id));
        (await InContainerAsync("images", "show", "eval")).ShouldContain("picture-1.png");

        async Task<string> InContainerAsync(params string[] arguments) =>
            (await Pmsfc.RunAsync(_workshop.Folder, environment, [.. arguments, "--store", container])).ShouldBeDone();
    }

    private static string? Text(JsonElement json, string property) => json.GetProperty(property).GetString();

    private static JsonElement Single(string lines) =>
        JsonDocument.Parse(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()).RootElement;

    private static JsonElement Event(Outcome outcome, string name) =>
        outcome.JsonLines.Single(line => line.GetProperty("event").GetString() == name);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await InProcess.RunAsync([.. arguments, "--store", Store]);
        code.ShouldBe(0, error + output);
        return output;
    }
}
