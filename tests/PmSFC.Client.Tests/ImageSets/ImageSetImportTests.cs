using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Images;
using PmSFC.Client.ImageSets;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.ImageSets;

public sealed class ImageSetImportTests : IDisposable
{
    private const string Name = "eval";

    private readonly TemporaryStore _temporary = new();
    private readonly string _folder;

    public ImageSetImportTests() => _folder = Directory.CreateDirectory(_temporary.PathOf("images")).FullName;

    private IArtifactStore Store => _temporary.Store;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task StoreAsync_Folder_KeepsItsFilesAndTheirOrder()
    {
        Write("b.png", 0);
        Write("a.png", 1);
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.txt"), "x");

        var import = await ImageSetImport.ReadAsync(_folder, Name);
        var (set, outcome, written) = await import.StoreAsync(Store, ExistingSet.Keep);

        (outcome, written).ShouldBe((ImportOutcome.Created, 2));
        import.Notes.ShouldBe([$"notes.txt: left out of {_folder}, not named as an image."]);
        var stored = await new ImageSetDirectory(Store).FindAsync(Name);
        stored.Id.ShouldBe(set.Id);
        stored
            .Images.Select(image => (image.File, image.Width, image.Height))
            .ShouldBe([("a.png", SampleSweep.Side, SampleSweep.Side), ("b.png", SampleSweep.Side, SampleSweep.Side)]);
        foreach (var image in stored.Images)
        {
            var content = (await Store.ReadAsync(ArtifactNames.ImageFile(image.Id)))!.Content.ToArray();
            content.ShouldBe(await File.ReadAllBytesAsync(Path.Combine(_folder, image.File)));
            image.Bytes.ShouldBe(content.Length);
        }
    }

    /// <summary>What is stored is a promise: later versions read it.</summary>
    [Fact]
    public void ToArtifact_Set_HasTheFormatThatIsPromised()
    {
        const string Expected = """
            {
             "name": "eval",
             "images": [
              {
               "file": "ä 1.png",
               "id": "00112233445566778899aabbccddeeff",
               "bytes": 1234,
               "width": 178,
               "height": 218
              }
             ],
             "files": {
             },
             "seal": "SEAL"
            }
            """;
        var set = new StoredImageSet
        {
            Name = Name,
            Images =
            [
                new ImageSetMember
                {
                    File = "ä 1.png",
                    Id = "00112233445566778899aabbccddeeff",
                    Bytes = 1234,
                    Width = 178,
                    Height = 218,
                },
            ],
        };

        var artifact = set.ToArtifact();

        System
            .Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(artifact), "\"seal\": \"[0-9a-f]{64}\"", "\"seal\": \"SEAL\"")
            .Replace("\\u00E4", "ä", StringComparison.OrdinalIgnoreCase)
            .ShouldBe(Expected.ReplaceLineEndings("\n"));
        var read = StoredImageSet.Read(new Artifact(artifact, ""), Name, Store);
        (read.Id, read.Bytes).ShouldBe((set.Id, 1234));
        set.Id.ShouldBe("12e973fc3f84568e34cc552ab582a537", "SHA-256 of the canonical text, computed by another program");
    }

    [Fact]
    public async Task StoreAsync_TheSameFolderTwice_ChangesNothing()
    {
        Write("a.png", 0);
        Write("b.png", 1);
        await ImportAsync();
        var before = await ETagsAsync();

        (await ImportAsync()).ShouldBe((ImportOutcome.Unchanged, 0));

        (await ETagsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task StoreAsync_OtherImagesUnderTheName_AreRefusedAndNothingIsWritten()
    {
        Write("a.png", 0);
        Write("b.png", 1);
        await ImportAsync();
        var before = await ETagsAsync();
        Write("b.png", 2);
        Write("c.png", 3);

        (await Should.ThrowAsync<BadInputException>(ImportAsync)).Message.ShouldBe(
            "The image set 'eval' has other images (2 in the store, 3 here: 1 that it does not have, 1 with other content), and a set is not changed, since "
                + "results on it are compared; import these images under another name with --name, or put them in its place with --replace."
        );

        (await ETagsAsync()).ShouldBe(before);
        var import = await ImageSetImport.ReadAsync(_folder, "eval-2");
        (await import.StoreAsync(Store, ExistingSet.Keep)).FilesWritten.ShouldBe(2, "b.png as it is now, and c.png");
        (await new ImageSetDirectory(Store).ListAsync())
            .Sets.Select(set => (set.Name, set.Images.Length))
            .ShouldBe([("eval", 2), ("eval-2", 3)]);
    }

    [Fact]
    public async Task StoreAsync_Replace_PutsTheNewImagesInThePlaceOfTheOldOnes()
    {
        Write("a.png", 0);
        await ImportAsync();
        var old = (await Store.ReadAsync(ArtifactNames.ImageSet(Name)))!.Content.ToArray();
        Write("a.png", 1);

        (await ImportAsync(ExistingSet.Replace)).ShouldBe((ImportOutcome.Replaced, 1));

        (await new ImageSetDirectory(Store).FindAsync(Name))
            .Images.Single()
            .Id.ShouldBe((await ImageSetImport.ReadAsync(_folder, Name)).Set.Images.Single().Id);
        var aside = await Store.ListAsync(ArtifactNames.SetAsides).SingleAsync();
        (await Store.ReadAsync(aside))!.Content.ToArray().ShouldBe(old);
        (await ImportAsync(ExistingSet.Replace)).ShouldBe((ImportOutcome.Unchanged, 0));
    }

    [Fact]
    public async Task StoreAsync_FilesOfOneContent_AreStoredOnceAndTakenAsFromTheFolder()
    {
        Write("a.png", 0);
        Write("b.png", 1);
        File.Copy(Path.Combine(_folder, "a.png"), Path.Combine(_folder, "c.png"));

        var import = await ImageSetImport.ReadAsync(_folder, Name);
        (await import.StoreAsync(Store, ExistingSet.Keep)).FilesWritten.ShouldBe(2);

        import.Notes.ShouldBe(["c.png: the same file as a.png; a sweep takes it once."]);
        await ShouldEqualTheFolderAsync(limit: null);
        await ShouldEqualTheFolderAsync(limit: 2);
    }

    [Theory]
    [InlineData(SampleSweep.Side)]
    [InlineData(SampleSweep.Side / 2)]
    public async Task ReadAsync_Set_GivesTheTargetsOfItsFolderAtAnyResolution(int resolution)
    {
        Write("a.png", 0);
        Write("a.PNG", 1);
        File.WriteAllBytes(Path.Combine(_folder, "b.jpg"), ImageFile.EncodeJpeg(SampleSweep.Picture(2, 0), 90));
        await ImportAsync();

        await ShouldEqualTheFolderAsync(limit: null, resolution);
        var set = await ImageSet.ReadAsync([ImageSetName.ReferenceTo(Name)], resolution, sets: Store);
        Directory.Delete(_folder, recursive: true);
        await set.StoreAsync(Store);
        foreach (var image in set.References)
            StoredImage.IsSound((await Store.ReadAsync(ArtifactNames.Image(image.Id)))!.Content.Span, image.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task ReadAsync_FilesThatCannotBeUsed_AreAllNamedAndNothingIsStored()
    {
        Write("a.png", 0);
        await File.WriteAllTextAsync(Path.Combine(_folder, "b.png"), "<html>");
        await File.WriteAllBytesAsync(Path.Combine(_folder, "c.png"), []);

        var message = (await Should.ThrowAsync<BadInputException>(() => ImageSetImport.ReadAsync(_folder, Name))).Message;

        message.ShouldStartWith("2 of 3 images cannot be used; mend or remove these files:");
        message.ShouldContain($"{_folder}/b.png is not an image: it starts with '<html>'");
        message.ShouldContain($"{_folder}/c.png is empty");
    }

    [Fact]
    public async Task ReadAsync_FolderWithoutImages_IsRefused() =>
        (await Should.ThrowAsync<BadInputException>(() => ImageSetImport.ReadAsync(_folder, Name))).Message.ShouldBe(
            $"{_folder} has no PNG, JPEG, WebP, BMP or GIF file; name the folder that holds the images themselves."
        );

    [Theory]
    [InlineData("")]
    [InlineData("Eval")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("-a")]
    [InlineData("é")]
    [InlineData("a\n")]
    [InlineData("101")]
    public async Task ReadAsync_NameThatNoStoreHolds_IsRefused(string name)
    {
        Write("a.png", 0);
        if (name == "101")
            name = new string('a', 101);

        (await Should.ThrowAsync<BadInputException>(() => ImageSetImport.ReadAsync(_folder, name))).Message.ShouldBe(
            $"The image set's name is '{name}', but must be 1 to 100 lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit; choose one with --name."
        );
    }

    /// <summary>The record is written last, so an import that ends in the middle leaves no set, and the same import finishes it.</summary>
    [Fact]
    public async Task StoreAsync_EndsInTheMiddle_LeavesNoSetAndIsFinishedByTheSameImport()
    {
        for (var i = 0; i < 8; i++)
            Write($"{i}.png", i);
        var import = await ImageSetImport.ReadAsync(_folder, Name);
        var last = await File.ReadAllBytesAsync(Path.Combine(_folder, "7.png"));
        Write("7.png", 9);

        (await Should.ThrowAsync<BadInputException>(() => import.StoreAsync(Store, ExistingSet.Keep))).Message.ShouldContain(
            "7.png changed while it was being imported"
        );

        (await new ImageSetDirectory(Store).ListAsync()).Sets.ShouldBeEmpty();
        var stored = await Store.ListAsync(ArtifactNames.ImageFiles).CountAsync();
        stored.ShouldBeInRange(1, 7);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "7.png"), last);
        (await ImportAsync()).ShouldBe((ImportOutcome.Created, 8 - stored));
    }

    [Fact]
    public async Task StoreAsync_FilesThatTheStoreLostOrDamaged_ComeBack()
    {
        for (var i = 0; i < 3; i++)
            Write($"{i}.png", i);
        await ImportAsync();
        var set = await new ImageSetDirectory(Store).FindAsync(Name);
        await Store.DeleteAsync(ArtifactNames.ImageFile(set.Images[0].Id));
        await Store.PutAsync(ArtifactNames.ImageFile(set.Images[1].Id), "damaged"u8.ToArray());

        var message = (
            await Should.ThrowAsync<BadInputException>(() => ImageSet.ReadAsync(["set:eval"], SampleSweep.Side, sets: Store))
        ).Message;
        message.ShouldContain(
            $"set:eval/0.png is missing in the store (image-files/{set.Images[0].Id}); bring it back with 'images import FOLDER --name eval'"
        );
        message.ShouldContain("set:eval/1.png is damaged in the store");

        (await ImportAsync()).ShouldBe((ImportOutcome.Unchanged, 2));
        await ShouldEqualTheFolderAsync(limit: null);
    }

    [Theory]
    [InlineData("", "it is empty, or no file")]
    [InlineData("{\"name\": ", "line 1 is damaged or missing")]
    [InlineData("{\"name\": \"other\", \"images\": []}", "it has changed since it was stored")]
    public async Task FindAsync_DamagedRecord_SaysWhatWritesItAgain(string content, string reason)
    {
        Write("a.png", 0);
        await ImportAsync();
        await Store.PutAsync(ArtifactNames.ImageSet(Name), Encoding.UTF8.GetBytes(content));
        var directory = new ImageSetDirectory(Store);

        var failure = await Should.ThrowAsync<StoreException>(() => directory.FindAsync(Name));

        failure.Kind.ShouldBe(StoreFailure.Damaged);
        failure.Message.ShouldContain(
            $"image-sets/eval.json in {Store.Description} is not the record of the image set 'eval' ({reason}); write it again with 'images import FOLDER --name eval --replace'"
        );
        (await directory.ListAsync()).Problems.ShouldBe([failure.Message]);
        (await Should.ThrowAsync<StoreException>(ImportAsync)).Message.ShouldBe(failure.Message);
        (await ImportAsync(ExistingSet.Replace)).ShouldBe((ImportOutcome.Replaced, 0));
        (await directory.FindAsync(Name)).Images.Single().File.ShouldBe("a.png");
    }

    [Fact]
    public async Task FindAsync_RecordThatOneLetterDiffersIn_IsDamaged()
    {
        Write("a.png", 0);
        await ImportAsync();
        var text = Encoding.UTF8.GetString((await Store.ReadAsync(ArtifactNames.ImageSet(Name)))!.Content.Span);
        await Store.PutAsync(ArtifactNames.ImageSet(Name), Encoding.UTF8.GetBytes(text.Replace("a.png", "b.png")));

        (await Should.ThrowAsync<StoreException>(() => new ImageSetDirectory(Store).FindAsync(Name))).Message.ShouldContain(
            "it has changed since it was stored"
        );
    }

    [Fact]
    public async Task FindAsync_RecordOfAnotherSet_IsDamaged()
    {
        Write("a.png", 0);
        await ImportAsync();
        await Store.WriteOnceAsync(ArtifactNames.ImageSet("copy"), (await Store.ReadAsync(ArtifactNames.ImageSet(Name)))!.Content);

        (await Should.ThrowAsync<StoreException>(() => new ImageSetDirectory(Store).FindAsync("copy"))).Message.ShouldContain(
            "it is that of 'eval'"
        );
    }

    [Fact]
    public async Task FindAsync_RecordOfALaterFormat_StaysEvenWhereItIsToBeReplaced()
    {
        Write("a.png", 0);
        await Store.WriteOnceAsync(ArtifactNames.ImageSet(Name), "{\"format\": 2}"u8.ToArray());

        (await Should.ThrowAsync<StoreException>(() => ImportAsync(ExistingSet.Replace))).Kind.ShouldBe(StoreFailure.Newer);

        (await Store.ReadAsync(ArtifactNames.ImageSet(Name)))!.Content.ToArray().ShouldBe("{\"format\": 2}"u8.ToArray());
    }

    [Theory]
    [InlineData("evak", "did you mean 'eval'? It has eval; or import one with 'images import FOLDER --name evak'.")]
    [InlineData("spaceship", "it has eval; use one of them, or import one with 'images import FOLDER --name spaceship'.")]
    [InlineData("../x", "it has eval; use one of them, or import one with 'images import FOLDER --name NAME'.")]
    public async Task FindAsync_UnknownSet_NamesThoseThatThereAre(string name, string advice)
    {
        Write("a.png", 0);
        await ImportAsync();

        (await Should.ThrowAsync<BadInputException>(() => new ImageSetDirectory(Store).FindAsync(name))).Message.ShouldBe(
            $"There is no image set '{name}' in {Store.Description}; {advice}"
        );
    }

    [Fact]
    public async Task FindAsync_StoreWithoutSets_SaysHowToImportOne() =>
        (await Should.ThrowAsync<BadInputException>(() => new ImageSetDirectory(Store).FindAsync(Name))).Message.ShouldEndWith(
            "it has none yet, so import one with 'images import FOLDER --name eval'."
        );

    private Task<(ImportOutcome Outcome, int FilesWritten)> ImportAsync() => ImportAsync(ExistingSet.Keep);

    private async Task<(ImportOutcome Outcome, int FilesWritten)> ImportAsync(ExistingSet existing)
    {
        var (_, outcome, written) = await (await ImageSetImport.ReadAsync(_folder, Name)).StoreAsync(Store, existing);
        return (outcome, written);
    }

    private async Task ShouldEqualTheFolderAsync(int? limit, int resolution = SampleSweep.Side)
    {
        var folder = await ImageSet.ReadAsync([_folder], resolution, limit);
        var set = await ImageSet.ReadAsync([ImageSetName.ReferenceTo(Name)], resolution, limit, Store);
        set.References.ShouldBe(folder.References);
        set.Notes.ShouldBe(folder.Notes);
    }

    private async Task<Dictionary<string, string>> ETagsAsync()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var name in Store.ListAsync(""))
            tags[name] = (await Store.ReadAsync(name))!.ETag;
        return tags;
    }

    private void Write(string name, int picture) =>
        File.WriteAllBytes(Path.Combine(_folder, name), ImageFile.EncodePng(SampleSweep.Picture(picture, 0)));
}
