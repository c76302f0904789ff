using PmSFC.Abstractions.Failures;
using PmSFC.Client.Images;
using PmSFC.Client.Specs;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.Images;

public sealed class TaskImagesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_AMaskOfAnotherSize_CropsItTakesNearestPixelsAndNamesItByContent()
    {
        var file = Write(Picture(24, 16, (x, _) => (byte)(x < 12 ? 20 : 230)));
        var images = TaskImages.Read(file, 8);
        var spec = images.Name(file.ToSpec("g", []));

        var expected = Picture(8, 8, (x, _) => (byte)(x < 4 ? 0 : 255));
        spec.TaskSettings["mask"].ShouldBe(expected.ContentId);
        using var store = new TemporaryStore();
        await images.StoreAsync(store.Store);
        ImageFile
            .Decode((await store.Store.ReadAsync(ArtifactNames.Image(expected.ContentId)))!.Content.Span, "mask")
            .Image.ShouldBe(expected);
    }

    [Theory]
    [InlineData(0, 0, "black all over")]
    [InlineData(255, 255, "white all over")]
    [InlineData(0, 120, "neither black nor white")]
    public void Read_AMaskThatIsNone_SaysWhyAndWhere(byte left, byte right, string part)
    {
        var file = Write(Picture(8, 8, (x, _) => x < 4 ? left : right));

        Should
            .Throw<BadInputException>(() => TaskImages.Read(file, 8))
            .Message.ShouldSatisfyAllConditions(
                m => m.ShouldContain(part),
                m => m.ShouldContain("sweep.yaml:5:"),
                m => m.ShouldContain("mask.png")
            );
    }

    [Fact]
    public void Read_AMaskThatIsNotThere_SaysWhere()
    {
        var file = Write(null);

        Should.Throw<BadInputException>(() => TaskImages.Read(file, 8)).Message.ShouldContain("sweep.yaml:5:");
    }

    private SweepFile Write(RgbImage? mask)
    {
        if (mask is not null)
            ImageFile.WritePng(mask, Path.Combine(_folder.Path, "mask.png"));
        return SweepFile.Parse(
            """
            generator: g
            task:
              name: inpainting
              settings:
                mask: mask.png
            methods: [{ method: pmsfc }]
            """,
            Path.Combine(_folder.Path, "sweep.yaml")
        );
    }

    private static RgbImage Picture(int width, int height, Func<int, int, byte> level) =>
        new(width, height, [.. Enumerable.Range(0, width * height).SelectMany(i => Enumerable.Repeat(level(i % width, i / width), 3))]);
}
