using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class OutputFolderTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void FileNames_NamesThatDiffer_AreTheImagesOwn() =>
        Short(OutputFolder.FileNames([("a", "1111"), ("b c", "2222"), ("ü", "3333")], "-pmsfc.png"))
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["1111"] = "a-pmsfc.png",
                    ["2222"] = "b c-pmsfc.png",
                    ["3333"] = "ü-pmsfc.png",
                }
            );

    [Fact]
    public void FileNames_NamesThatNoFolderHoldsTogether_AreToldApartByIds() =>
        Short(
                OutputFolder.FileNames(
                    [
                        ("x/001.png", "11111111aa"),
                        ("x-001.png", "22222222aa"),
                        ("A", "33333333aa"),
                        ("a", "44444444aa"),
                        ("\u001b[1m", "5"),
                        ("..b", "6"),
                    ],
                    ".png"
                )
            )
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["11111111aa"] = "x-001.png-11111111.png",
                    ["22222222aa"] = "x-001.png-22222222.png",
                    ["33333333aa"] = "A-33333333.png",
                    ["44444444aa"] = "a-44444444.png",
                    ["5"] = "-[1m.png",
                    ["6"] = "b.png",
                }
            );

    [Theory]
    [InlineData("a", 245, 245)]
    [InlineData("a", 251, 245)]
    [InlineData("ä", 126, 122)]
    [InlineData("日", 85, 81)]
    [InlineData("🙂", 64, 59)]
    public async Task FileNames_AnyLength_CanBeWritten(string letter, int count, int most)
    {
        string[] stems = [string.Concat(Enumerable.Repeat(letter, count)), string.Concat(Enumerable.Repeat(letter, count - 1)) + "b"];
        var names = OutputFolder.FileNames([(stems[0], "11111111"), (stems[1], "22222222")], "-pmsfc.png");
        var files = Short(names);

        names.Values.ShouldAllBe(name => Encoding.UTF8.GetByteCount(name.Own) <= 255);
        files.Values.Distinct().Count().ShouldBe(2);
        files.Values.ShouldAllBe(file => Encoding.UTF8.GetByteCount(file) <= 255);
        files["11111111"].EnumerateRunes().Count(rune => rune.ToString() == letter).ShouldBeLessThanOrEqualTo(most);
        var folder = OutputFolder.Prepare(_workshop.PathOf("out"), [.. files.Values]);
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        foreach (var file in files.Values)
            File.Exists(await OutputFolder.WriteAsync(folder, file, new byte[] { 1 }, default)).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(folder).Count().ShouldBe(2);
    }

    [Fact]
    public void Prepare_WhatCannotBeWritten_IsRefusedBeforeTheWork()
    {
        var file = _workshop.Write("file", "x");
        Directory.CreateDirectory(_workshop.PathOf("out/table.md"));

        Refused(file, "is a file, where a folder is to be");
        Refused(Path.Combine(file, "below"), "");
        Refused("/proc/self/out", "");
        Refused(_workshop.PathOf(new string('a', 256)), "too long");
        Refused(_workshop.PathOf("out"), "out/table.md is a folder, where a file is to be written", "report.html", "table.md");
        Refused(_workshop.PathOf("out"), "too long", new string('b', 256));

        static void Refused(string folder, string reason, params string[] files) =>
            Should.Throw<BadInputException>(() => OutputFolder.Prepare(folder, files)).Message.ShouldContain(reason, Case.Insensitive);
    }

    [Fact]
    public void Check_FolderThatIsNotThere_IsNotMade()
    {
        OutputFolder.Check(_workshop.PathOf("out/below"));
        OutputFolder.Check(_workshop.Folder);

        Directory.EnumerateFileSystemEntries(_workshop.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Check_WhatCannotBeWritten_IsRefused()
    {
        var file = _workshop.Write("file", "x");

        foreach (var folder in (string[])[file, Path.Combine(file, "below")])
            Should
                .Throw<BadInputException>(() => OutputFolder.Check(folder))
                .Message.ShouldBe($"{file} is a file, where a folder is to be; choose another with --out.");
        Should.Throw<BadInputException>(() => OutputFolder.Check("/proc/self/out")).Message.ShouldContain("cannot be written");
    }

    /// <summary>A generator is imported into a store that is new, which takes time and leaves files.</summary>
    [Theory]
    [InlineData("invert", "picture-0.png")]
    [InlineData("subspaces", "discover")]
    public async Task Run_OutThatIsAFile_IsRefusedBeforeAnythingIsStored(params string[] words)
    {
        _workshop.WritePictures(".", 1);
        var (file, store) = (_workshop.Write("file", "x"), _workshop.PathOf("store"));

        var (code, _, error) = await InProcess.RunAsync([
            .. words.Select(word => word.EndsWith(".png", StringComparison.Ordinal) ? _workshop.PathOf(word) : word),
            "--out",
            file,
            "--store",
            store,
        ]);

        (code, error).ShouldBe((2, $"error: {file} is a file, where a folder is to be; choose another with --out.\n"));
        Path.Exists(store).ShouldBeFalse();
    }

    /// <summary>Two commands with one <c>--out</c>, each of which begins while the other writes its report.</summary>
    [Fact]
    public async Task Prepare_WhileAnotherCommandWritesItsReport_RefusesNothingAndRemovesNothing()
    {
        var folder = _workshop.PathOf("out");
        string[] names = ["report.html", "table.md"];

        await Parallel.ForAsync(0, 4, async (command, cancellationToken) =>
        {
            for (var round = 0; round < 200; round++)
            {
                OutputFolder.Prepare(folder, names);
                if (command > 0)
                    continue;

                foreach (var name in names)
                {
                    var path = await OutputFolder.WriteAsync(folder, name, new byte[] { 1 }, cancellationToken);
                    File.Exists(path)
                        .ShouldBeTrue($"{name} was written in round {round}, and another command's preparation has removed it.");
                    File.Delete(path);
                }
            }
        });

        Directory.EnumerateFileSystemEntries(folder, ".*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("faces of 2026", "faces of 2026")]
    [InlineData("Füße/猫", "Füße-猫")]
    [InlineData("..hidden\n", "hidden-")]
    public void FileName_AnyText_IsWhatAFolderMayBeCalled(string text, string name) => OutputFolder.FileName(text).ShouldBe(name);

    [Fact]
    public void FileName_LongName_IsShortenedToWhatAFolderMayBeCalled()
    {
        OutputFolder.FileName(new string('n', 300)).Length.ShouldBe(200);
        Encoding.UTF8.GetByteCount(OutputFolder.FileName(new string('猫', 300))).ShouldBe(198);
    }

    /// <summary>Two calls know nothing of each other: what one has written of its image, the other leaves.</summary>
    [Fact]
    public async Task WriteAsync_AnotherImagesFileUnderTheName_StaysAndTheImageHasItsOwn()
    {
        var folder = OutputFolder.Prepare(_workshop.PathOf("calls"));
        ImageFileName first = NameOf("1111111122"),
            second = NameOf("3333333344");

        (await Write(first, 1)).ShouldBe("a-pmsfc.png");
        (await Write(first, 1)).ShouldBe("a-pmsfc.png");
        (await Write(second, 2)).ShouldBe("a-33333333-pmsfc.png");
        (await Write(second, 2)).ShouldBe("a-33333333-pmsfc.png");
        (await Write(second, 3)).ShouldBe("a-33333333-pmsfc.png");
        (await Write(first, 1)).ShouldBe("a-pmsfc.png");

        Directory.GetFiles(folder).Length.ShouldBe(2);
        File.ReadAllBytes(Path.Combine(folder, "a-pmsfc.png")).ShouldBe([1]);
        File.ReadAllBytes(Path.Combine(folder, "a-33333333-pmsfc.png")).ShouldBe([3]);

        async Task<string> Write(ImageFileName name, byte content) =>
            Path.GetFileName(await OutputFolder.WriteAsync(folder, name, new[] { content }, default));

        static ImageFileName NameOf(string id) => OutputFolder.FileNames([("a", id)], "-pmsfc.png")[id];
    }

    private static Dictionary<string, string> Short(IReadOnlyDictionary<string, ImageFileName> names) =>
        names.ToDictionary(name => name.Key, name => name.Value.Short);
}
