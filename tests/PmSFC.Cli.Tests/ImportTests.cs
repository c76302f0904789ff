using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class ImportTests(ImportTests.Checkpoints checkpoints) : IClassFixture<ImportTests.Checkpoints>
{
    private readonly Workshop _workshop = checkpoints.Workshop;

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("genforce-legacy.pth", "genforce", null)]
    [InlineData("gandissect-nested.pth", "gandissect", "read the weights in 'state_dict'")]
    [InlineData("gan-zoo.pth", "pytorch-gan-zoo", "read the averaged weights in 'avgG'")]
    [InlineData("karras-fused.pkl", "karras", "read the averaged weights in '2/variables'")]
    public async Task Import_OfEveryLayout_PrintsItsSizesAndSplitsAndWhatWasRead(string file, string layout, string? note)
    {
        var outcome = await Pmsfc.RunAsync(_workshop.Folder, "generators", "import", _workshop.PathOf(file), "--json", "--store", layout);

        outcome.ShouldBeDone();
        var card = outcome.JsonLines.ShouldHaveSingleItem();
        card.GetProperty("name").GetString().ShouldBe(Path.GetFileNameWithoutExtension(file));
        card.GetProperty("layout").GetString().ShouldBe(layout);
        var notes = card.GetProperty("notes").EnumerateArray().Select(one => one.GetString()!).ToList();
        if (note is null)
            notes.ShouldBeEmpty();
        else
            notes.ShouldHaveSingleItem().ShouldContain(note);
        card.GetProperty("resolution").GetInt32().ShouldBe(16);
        card.GetProperty("latentSize").GetInt32().ShouldBe(6);
        card.GetProperty("splits")
            .EnumerateArray()
            .Select(split =>
                (split.GetProperty("l").GetInt32(), split.GetProperty("resolution").GetInt32(), split.GetProperty("channels").GetInt32())
            )
            .ShouldBe([(1, 4, 8), (2, 4, 8), (3, 8, 5), (4, 8, 5), (5, 16, 4)]);
    }

    [FactNeeding<Reference.WithTorch>]
    public async Task Import_OfOneGeneratorInTwoLayouts_StoresItOnceAndSaysSo()
    {
        var first = await ImportAsync("gandissect-old.pth", "first");
        var again = await ImportAsync("karras-apart.pkl", "again");

        first.ShouldContain("16×16 pixels, latent codes of 6 numbers, gandissect layout");
        first.ShouldContain("maps at the cut");
        again.ShouldContain("The store has this generator already, as 'first'.");
        again.ShouldContain("gandissect layout");

        async Task<string> ImportAsync(string file, string name) =>
            (
                await Pmsfc.RunAsync(_workshop.Folder, "generators", "import", _workshop.PathOf(file), "--name", name, "--store", "one")
            ).ShouldBeDone();
    }

    [Fact]
    public async Task Import_ToDrawInAnotherWay_IsShownAndBadValuesAreNamed()
    {
        var file = Path.Combine(Repository.Root, "models", "celeba64-stylegan2", "generator.safetensors");
        string[] import = ["generators", "import", file, "--name", "near", "--store", "near"];

        (await Pmsfc.RunAsync(_workshop.Folder, [.. import, "--truncation", "0.7", "--noise", "3"])).ShouldBeDone();
        (await Pmsfc.RunAsync(_workshop.Folder, "generators", "show", "near", "--store", "near"))
            .ShouldBeDone()
            .ShouldContain("drawing: truncation 0.7");
        (await Pmsfc.RunAsync(_workshop.Folder, [.. import, "--truncation", "0"]))
            .ShouldBeBadInput()
            .ShouldContain("--truncation is '0', but must be a number above 0 and up to 1.");
        (await Pmsfc.RunAsync(_workshop.Folder, [.. import, "--noise", "loud"]))
            .ShouldBeBadInput()
            .ShouldContain("--noise is 'loud', but must be off, or a whole number as the seed.");
    }

    [SharedTheory("weights/third_party_generators")]
    [InlineData("ffhq64_vae_decoder.pth", "another network than a PGGAN, StyleGAN1 or StyleGAN2 generator")]
    [InlineData("celeba32_dcgan.pt", "another network than a PGGAN, StyleGAN1 or StyleGAN2 generator")]
    [InlineData("karras_celebahq_64conv1_to_1024_fp16.npz", "the lower half of a generator is missing")]
    public async Task Import_OfAnotherKindOfGenerator_SaysWhatItIs(string file, string reason)
    {
        var path = SharedFiles.PathOf($"weights/third_party_generators/{file}");

        var error = (await Pmsfc.RunAsync(_workshop.Folder, "generators", "import", path, "--store", "refused")).ShouldBeBadInput();

        error.ShouldContain(file);
        error.ShouldContain(reason);
        error.Trim().Split('\n').Length.ShouldBe(1);
        Stored("refused").ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_OfAPickleThatCallsSystem_NamesItAndDoesNot()
    {
        var witness = _workshop.PathOf("executed");
        var file = _workshop.Write("evil.pth", $"cposix\nsystem\n(S'touch {witness}'\ntR.");

        var error = (await Pmsfc.RunAsync(_workshop.Folder, "generators", "import", file, "--store", "evil")).ShouldBeBadInput();

        error.ShouldContain("posix.system");
        File.Exists(witness).ShouldBeFalse();
        Stored("evil").ShouldBeEmpty();
    }

    private string[] Stored(string store) =>
        Directory.Exists(_workshop.PathOf(store)) ? Directory.GetFiles(_workshop.PathOf(store), "*", SearchOption.AllDirectories) : [];

    /// <summary>One small generator in every layout, as PyTorch wrote it.</summary>
    public sealed class Checkpoints : IDisposable
    {
        public Checkpoints()
        {
            if (Reference.IsAvailable)
                Reference.Ask("generator_layouts.py", Workshop.Folder);
        }

        public Workshop Workshop { get; } = new();

        public void Dispose() => Workshop.Dispose();
    }
}
