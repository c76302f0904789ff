using PmSFC.Cli.Tests.Support;
using PmSFC.Imaging;

namespace PmSFC.Cli.Tests;

public sealed class BadImageTests(Workshop workshop) : IClassFixture<Workshop>
{
    [Fact]
    public async Task Metrics_MissingFile_NamesIt()
    {
        var outcome = await Pmsfc.RunAsync(workshop.Folder, "metrics", "missing.png", "missing.png");

        outcome.ShouldBeBadInput().ShouldBe("error: missing.png does not exist; check the path.\n");
    }

    [Fact]
    public async Task Invert_TextNamedPng_SaysWhatItStartsWith()
    {
        var path = workshop.Write("text.png", "not a picture");

        (await InvertAsync(path)).ShouldBeBadInput().ShouldContain("text.png is not an image: it starts with 'not a pi'");
    }

    [Theory]
    [InlineData("cut.png")]
    [InlineData("cut.jpg")]
    public async Task Invert_TruncatedFile_SaysSo(string name)
    {
        var picture = Workshop.Picture(64, 1);
        var whole = name.EndsWith(".png", StringComparison.Ordinal) ? ImageFile.EncodePng(picture) : ImageFile.EncodeJpeg(picture, 90);

        (await InvertAsync(workshop.Write(name, whole[..(whole.Length / 2)]))).ShouldBeBadInput().ShouldContain(name);
    }

    [Fact]
    public async Task Invert_OnePixel_SaysWhichSizeIsNeeded()
    {
        var path = workshop.Write("dot.png", ImageFile.EncodePng(Workshop.Picture(1, 0)));

        (await InvertAsync(path)).ShouldBeBadInput().ShouldContain("is 1×1 pixels, too small for the generator's 64×64");
    }

    [Fact]
    public async Task Invert_8000x8000_IsRefusedByItsHeader()
    {
        var row = new byte[1000];
        var path = workshop.Write("huge.png", new PngBuilder(8000, 8000, 1, 0).Rows([.. Enumerable.Repeat(row, 8000)]).Build());

        (await InvertAsync(path)).ShouldBeBadInput().ShouldContain("8000×8000 pixels (64 megapixels), more than the 40 megapixels");
    }

    [Fact]
    public async Task Invert_GoodImageAmongBadOnes_ListsEveryBadOne()
    {
        var good = workshop.Write("good.png", ImageFile.EncodePng(Workshop.Picture(64, 2)));

        var error = (await InvertAsync(good, workshop.Write("a.png", "a"), workshop.Write("b.png", "b"))).ShouldBeBadInput();

        error.ShouldContain("2 of 3 images cannot be used");
        error.ShouldContain("a.png");
        error.ShouldContain("b.png");
    }

    [Fact]
    public async Task Metrics_GrayAndAlpha_AreAcceptedAndSaysHow()
    {
        var side = 16;
        var gray = workshop.Write(
            "gray.png",
            new PngBuilder(side, side, 8, 0)
                .Rows([
                    .. Enumerable
                        .Range(0, side)
                        .Select(y =>
                            new byte[side]
                                .Select(_ => (byte)(16 * y))
                                .ToArray()
                        ),
                ])
                .Build()
        );
        var alpha = workshop.Write(
            "alpha.png",
            new PngBuilder(side, side, 8, 6)
                .Rows([.. Enumerable.Range(0, side).Select(_ => Enumerable.Repeat((byte)100, 4 * side).ToArray())])
                .Build()
        );

        var output = (await Pmsfc.RunAsync(workshop.Folder, "metrics", gray, alpha)).ShouldBeDone();

        output.ShouldContain("gray.png: gray, read as RGB with equal channels.");
        output.ShouldContain("alpha.png: alpha composited over white.");
        output.ShouldContain("psnr");
    }

    [Fact]
    public async Task Metrics_DifferentSizes_SaysSo()
    {
        var (small, large) = (
            workshop.Write("16.png", ImageFile.EncodePng(Workshop.Picture(16, 0))),
            workshop.Write("32.png", ImageFile.EncodePng(Workshop.Picture(32, 0)))
        );

        (await Pmsfc.RunAsync(workshop.Folder, "metrics", small, large)).ShouldBeBadInput().ShouldContain("32×32");
    }

    [Fact]
    public async Task Metrics_Json_IsOneObjectWithTheMetrics()
    {
        var (a, b) = (
            workshop.Write("j1.png", ImageFile.EncodePng(Workshop.Picture(32, 0))),
            workshop.Write("j2.png", ImageFile.EncodePng(Workshop.Picture(32, 1)))
        );

        var outcome = await Pmsfc.RunAsync(workshop.Folder, "metrics", a, b, "--json");

        outcome.ShouldBeDone();
        var metrics = outcome.JsonLines.ShouldHaveSingleItem().GetProperty("metrics");
        metrics.GetProperty("psnr").GetDouble().ShouldBeInRange(5, 40);
        metrics.GetProperty("ssim").GetDouble().ShouldBeInRange(-1, 1);
    }

    [Fact]
    public async Task Metrics_Json_SaysWhatWasDoneToTheImages()
    {
        var plain = workshop.Write("plain.png", ImageFile.EncodePng(Workshop.Picture(16, 0)));
        var gray = workshop.Write("gray-only.png", new PngBuilder(16, 16, 8, 0).Rows([.. Enumerable.Repeat(new byte[16], 16)]).Build());

        var outcome = await Pmsfc.RunAsync(workshop.Folder, "metrics", plain, gray, "--json");

        outcome.ShouldBeDone();
        var line = outcome.JsonLines.ShouldHaveSingleItem();
        line.GetProperty("referenceNotes").GetArrayLength().ShouldBe(0);
        line.GetProperty("imageNotes")
            .EnumerateArray()
            .Select(note => note.GetString())
            .ShouldBe(["gray, read as RGB with equal channels"]);
    }

    [Fact]
    public async Task SweepPlan_Json_SaysWhatWasDoneToTheImages()
    {
        var spec = workshop.Write(
            "noted.yaml",
            "generator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 2, codes: 2 }\n"
        );
        var large = workshop.Write("large/picture.png", ImageFile.EncodePng(Workshop.Picture(128, 0)));

        var outcome = await Pmsfc.RunAsync(workshop.Folder, "sweep", "plan", spec, "--images", Path.GetDirectoryName(large)!, "--json");

        outcome.ShouldBeDone();
        outcome.JsonLines[0].GetProperty("event").GetString().ShouldBe("note");
        outcome.JsonLines[0].GetProperty("note").GetString().ShouldBe("picture: 128×128, area-averaged to 64×64.");
    }

    [Fact]
    public async Task Metrics_NamedPipe_IsRefusedAtOnce()
    {
        var pipe = Path.Combine(workshop.Folder, "pipe.png");
        ChildProcess.Run("mkfifo", pipe).ShouldSucceed();

        (await Pmsfc.RunAsync(workshop.Folder, "metrics", pipe, pipe))
            .ShouldBeBadInput()
            .ShouldBe($"error: {pipe} is not a regular file but a named pipe; name an image file.\n");
    }

    [Fact]
    public async Task Metrics_ImageTooSmallForSome_SaysWhyAndMeasuresTheOthers()
    {
        var picture = workshop.Write("tiny.png", ImageFile.EncodePng(Workshop.Picture(8, 0)));

        var outcome = await Pmsfc.RunAsync(workshop.Folder, "metrics", picture, picture, "--json");

        outcome.ShouldBeDone();
        var line = outcome.JsonLines.ShouldHaveSingleItem();
        line.GetProperty("metrics").GetProperty("auc").GetDouble().ShouldBe(100);
        line.GetProperty("notMeasured")
            .GetProperty("ssim")
            .GetString()
            .ShouldBe("ssim needs images of at least 11×11 pixels, its window, but these are 8×8.");
        line.GetProperty("notMeasured").GetProperty("niqe").GetString()!.ShouldStartWith("no folder of weights is named");
    }

    [Fact]
    public async Task Metrics_DamagedWeights_TakeTheirOwnMetricAwayAndAMissingFolderIsRefused()
    {
        var picture = workshop.Write("weighed.png", ImageFile.EncodePng(Workshop.Picture(32, 0)));
        workshop.Write("weights/niqe/niqe_pris_params.npz", "no parameters");

        var outcome = await Pmsfc.RunAsync(workshop.Folder, "metrics", picture, picture, "--weights", "weights", "--json");

        outcome.ShouldBeDone();
        var line = outcome.JsonLines.ShouldHaveSingleItem();
        line.GetProperty("metrics").GetProperty("ssim").GetDouble().ShouldBe(1);
        line.GetProperty("notMeasured")
            .GetProperty("niqe")
            .GetString()!
            .ShouldStartWith("weights/niqe/niqe_pris_params.npz is text, not a file of weights (13 bytes");
        (await Pmsfc.RunAsync(workshop.Folder, "metrics", picture, picture, "--weights", "nowhere"))
            .ShouldBeBadInput()
            .ShouldBe("error: there is no folder of weights at nowhere; check the path.\n");
    }

    private Task<Outcome> InvertAsync(params string[] images) => Pmsfc.RunAsync(workshop.Folder, ["invert", .. images]);
}
