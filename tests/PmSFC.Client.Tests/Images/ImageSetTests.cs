using System.Diagnostics;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Images;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.Images;

public sealed class ImageSetTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();
    private readonly string _folder;

    public ImageSetTests() => _folder = Directory.CreateDirectory(_temporary.PathOf("images")).FullName;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task ReadAsync_Folder_TakesItsImagesInOrdinalOrder()
    {
        foreach (var (i, name) in ((string[])["b.png", "a.PNG", "B.png", "c.bmp.png"]).Index())
            Write(name, SampleSweep.Picture(i, 0));
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.txt"), "x");
        await File.WriteAllTextAsync(Path.Combine(_folder, ".hidden.png"), "x");
        Directory.CreateDirectory(Path.Combine(_folder, "more.png"));

        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side);

        set.References.Select(image => image.Name).ShouldBe(["B", "a", "b", "c.bmp"]);
        set.References[2].Id.ShouldBe(SampleSweep.Picture(0, 0).ContentId);
        set.Notes.ShouldBe([$"notes.txt: left out of {_folder}, not named as an image."]);
    }

    [Fact]
    public async Task ReadAsync_EveryEndingOfAFormat_IsTaken()
    {
        string[] names = ["a.png", "b.jpg", "c.jpeg", "d.jfif", "e.jpe", "f.webp", "g.bmp", "h.dib", "i.gif", "j.JFIF"];
        foreach (var (i, name) in names.Index())
            Write(name, SampleSweep.Picture(i, 0));

        (await ImageSet.ReadAsync([_folder], SampleSweep.Side)).References.Length.ShouldBe(names.Length);
    }

    [Fact]
    public async Task ReadAsync_NameThatIsNotUtf8_IsNamedAndTheOthersAreTaken()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        await ShellAsync("cp \"$1/a.png\" \"$1/$(printf 'x\\377.png')\"");

        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side);

        await ShellAsync("rm \"$1\"/x*.png");
        set.References.Select(image => image.Name).ShouldBe(["a"]);
        set.Notes.ShouldBe([$"x\uFFFD.png: left out of {_folder}, the name is not UTF-8; rename the file."]);
        (
            await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([Path.Combine(_folder, "x\uFFFD.png")], SampleSweep.Side))
        ).Message.ShouldEndWith("cannot be found, because a name on its path is not UTF-8; rename that file or folder.");
    }

    [Fact]
    public async Task ReadAsync_NamedPipe_IsRefusedAtOnce()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        var pipe = Path.Combine(_folder, "pipe.png");
        ChildProcess.Run("mkfifo", pipe).ShouldSucceed();

        (await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([_folder], SampleSweep.Side))).Message.ShouldBe(
            $"{pipe} is not a regular file but a named pipe; name an image file."
        );
    }

    [Fact]
    public async Task ReadAsync_WhatWasDone_GoesWithTheReference()
    {
        Write("a.png", SampleSweep.Picture(0, 0));

        var half = await ImageSet.ReadAsync([_folder], SampleSweep.Side / 2);
        var whole = await ImageSet.ReadAsync([_folder], SampleSweep.Side);

        half.References.Single().Note.ShouldBe(half.Images.Single().Note);
        half.References.Single().Note.ShouldNotBeNull();
        whole.References.Single().Note.ShouldBeNull();
    }

    [Fact]
    public async Task ReadAsync_Limit_TakesTheFirst()
    {
        for (var i = 0; i < 5; i++)
            Write($"{i}.png", SampleSweep.Picture(i, 0));
        await File.WriteAllTextAsync(Path.Combine(_folder, "9.png"), "broken, but past the limit");

        (await ImageSet.ReadAsync([_folder], SampleSweep.Side, limit: 2)).References.Select(image => image.Name).ShouldBe(["0", "1"]);
        await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([_folder], SampleSweep.Side, limit: 0));
    }

    [Fact]
    public async Task ReadAsync_SamePixelsTwice_KeepsTheFirst()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        Write("b.png", SampleSweep.Picture(0, 0));

        var set = await ImageSet.ReadAsync([_folder, Path.Combine(_folder, "a.png")], SampleSweep.Side);

        set.References.Select(image => image.Name).ShouldBe(["a"]);
        set.Notes.ShouldBe(["b, a: left out, the same pixels as a."]);
    }

    [Fact]
    public async Task ReadAsync_FilesOfOneStem_AreToldApartAndTheOthersKeepTheirNames()
    {
        var (left, right) = (Path.Combine(_folder, "left"), Path.Combine(_folder, "right"));
        Directory.CreateDirectory(left);
        Directory.CreateDirectory(right);
        foreach (
            var (i, name) in (
                (string[])
                    [
                        "left/001.png",
                        "left/a.bmp.png",
                        "left/a.png.png",
                        "left/a.PNG",
                        "left/b.png",
                        "right/001.png",
                        "right/B.png",
                        "right/a.PNG",
                    ]
            ).Index()
        )
            Write(name, SampleSweep.Picture(i, 0));

        var names = (await ImageSet.ReadAsync([left, right], SampleSweep.Side)).References.Select(image => image.Name).ToArray();

        names.ShouldBe(["left/001.png", "left/a.PNG", "a.bmp", "a.png", "b", "right/001.png", "B", "right/a.PNG"]);
    }

    [Fact]
    public async Task ReadAsync_OneStemTwoExtensionsOrLimitedToOne_IsNamedAsFarAsItTakes()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        Write("a.PNG", SampleSweep.Picture(1, 0));

        (await ImageSet.ReadAsync([_folder], SampleSweep.Side)).References.Select(image => image.Name).ShouldBe(["a.PNG", "a.png"]);
        (await ImageSet.ReadAsync([_folder], SampleSweep.Side, limit: 1)).References.Select(image => image.Name).ShouldBe(["a"]);
    }

    [Fact]
    public async Task ReadAsync_OneStemAndTheSamePixels_SaysWhichFileIsLeftOut()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        Write("a.PNG", SampleSweep.Picture(0, 0));

        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side);

        set.References.Select(image => image.Name).ShouldBe(["a"]);
        set.Notes.ShouldBe([$"{Path.Combine(_folder, "a.png")}: left out, the same pixels as a."]);
    }

    [Fact]
    public async Task ReadAsync_LargerImages_NotesWhatWasDone()
    {
        for (var i = 0; i < 5; i++)
            Write($"{i}.png", SampleSweep.Picture(i, 0));

        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side / 2);

        set.Notes.Length.ShouldBe(1);
        set.Notes[0].ShouldStartWith("0, 1, 2 and 2 more: 16×16");
        set.Notes[0].ShouldContain("8×8");
    }

    [Fact]
    public async Task ReadAsync_BadImages_AreAllReportedTogether()
    {
        for (var i = 0; i < 13; i++)
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{i:D2}.png"), "this is text");
        Write("good.png", SampleSweep.Picture(0, 0));

        var message = (await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([_folder], SampleSweep.Side))).Message;

        var lines = message.Split(Environment.NewLine);
        lines[0].ShouldBe("13 of 14 images cannot be used; mend or remove these files:");
        lines.Length.ShouldBe(12);
        lines[1].ShouldStartWith($"{_folder}/00.png is not an image");
        lines[10].ShouldStartWith($"{_folder}/09.png");
        lines[11].ShouldBe("and 3 more.");
    }

    [Fact]
    public async Task ReadAsync_OneBadImage_IsOneSentence()
    {
        Write("small.png", SampleSweep.Picture(0, 0));

        (await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([_folder], 64))).Message.ShouldContain("too small");
        (
            await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([Path.Combine(_folder, "none.png")], 64))
        ).Message.ShouldContain("does not exist");
    }

    [Fact]
    public async Task ReadAsync_NothingToRead_SaysWhatToName()
    {
        (await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([_folder], 16))).Message.ShouldBe(
            $"{_folder} has no PNG, JPEG, WebP, BMP or GIF file; name the folder that holds the images themselves."
        );
        await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync([], 16));
    }

    [Fact]
    public async Task StoreAsync_Images_AreStoredUnderTheirContent()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side / 2);

        await set.StoreAsync(_temporary.Store);
        await set.StoreAsync(_temporary.Store);

        var id = set.References.Single().Id;
        var stored = ImageFile.Decode((await _temporary.Store.ReadAsync(ArtifactNames.Image(id)))!.Content.Span, "stored").Image;
        stored.ContentId.ShouldBe(id);
        stored.Width.ShouldBe(SampleSweep.Side / 2);
    }

    [Fact]
    public async Task StoreAsync_FileThatChanged_IsRefused()
    {
        Write("a.png", SampleSweep.Picture(0, 0));
        Write("b.png", SampleSweep.Picture(1, 0));
        var set = await ImageSet.ReadAsync([_folder], SampleSweep.Side);
        Write("a.png", SampleSweep.Picture(5, 0));

        (await Should.ThrowAsync<BadInputException>(() => set.StoreAsync(_temporary.Store))).Message.ShouldContain("changed");
    }

    /// <summary>Runs a line with the folder as <c>$1</c>: .NET can neither make nor remove a file whose name is not UTF-8.</summary>
    private async Task ShellAsync(string line)
    {
        using var shell = Process.Start("sh", ["-c", line, "sh", _folder]);
        await shell.WaitForExitAsync();
        shell.ExitCode.ShouldBe(0);
    }

    private void Write(string name, RgbImage image) => File.WriteAllBytes(Path.Combine(_folder, name), ImageFile.EncodePng(image));
}
