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
        OutputFolder.FileNames([("a", "1111"), ("b c", "2222"), ("ü", "3333")], "-pmsfc.png").ShouldBe(
            new Dictionary<string, string> { ["1111"] = "a-pmsfc.png", ["2222"] = "b c-pmsfc.png", ["3333"] = "ü-pmsfc.png" });

    [Fact]
    public void FileNames_NamesThatNoFolderHoldsTogether_AreToldApartByIds() =>
        OutputFolder.FileNames([("x/001.png", "11111111aa"), ("x-001.png", "22222222aa"), ("A", "33333333aa"), ("a", "44444444aa"), ("\u001b[1m", "5")], ".png").ShouldBe(
            new Dictionary<string, string>
            {
                ["11111111aa"] = "x-001.png-11111111.png", ["22222222aa"] = "x-001.png-22222222.png", ["33333333aa"] = "A-33333333.png",
                ["44444444aa"] = "a-44444444.png", ["5"] = "-[1m.png",
            });

    [Theory]
    [InlineData("a", 245, 245)]
    [InlineData("a", 251, 245)]
    [InlineData("ä", 126, 122)]
    [InlineData("日", 85, 81)]
    [InlineData("🙂", 64, 59)]
    public async Task FileNames_AnyLength_CanBeWritten(string letter, int count, int most)
    {
        string[] stems = [string.Concat(Enumerable.Repeat(letter, count)), string.Concat(Enumerable.Repeat(letter, count - 1)) + "b"];
        var files = OutputFolder.FileNames([(stems[0], "11111111"), (stems[1], "22222222")], "-pmsfc.png");

        files.Values.Distinct().Count().ShouldBe(2);
        files.Values.ShouldAllBe(file => Encoding.UTF8.GetByteCount(file) <= 255);
        files["11111111"].EnumerateRunes().Count(rune => rune.ToString() == letter).ShouldBeLessThanOrEqualTo(most);
        var folder = OutputFolder.Prepare(_workshop.PathOf("out"), [.. files.Values]);
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        foreach (var file in files.Values) File.Exists(await OutputFolder.WriteAsync(folder, file, new byte[] { 1 }, default)).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(folder).Count().ShouldBe(2);
    }

    [Fact]
    public void Prepare_WhatCannotBeWritten_IsRefusedBeforeTheWork()
    {
        var file = _workshop.Write("file", "x");
        Directory.CreateDirectory(_workshop.PathOf("out/table.md"));

        Refused(file, "");
        Refused(Path.Combine(file, "below"), "");
        Refused("/proc/self/out", "");
        Refused(_workshop.PathOf(new string('a', 256)), "too long");
        Refused(_workshop.PathOf("out"), "out/table.md is a folder, where a file is to be written", "report.html", "table.md");
        Refused(_workshop.PathOf("out"), "too long", new string('b', 256));

        static void Refused(string folder, string reason, params string[] files) =>
            Should.Throw<BadInputException>(() => OutputFolder.Prepare(folder, files)).Message.ShouldContain(reason, Case.Insensitive);
    }

    [Fact]
    public void FileName_LongName_IsShortenedToWhatAFolderMayBeCalled() => OutputFolder.FileName(new string('n', 300)).Length.ShouldBe(200);
}
