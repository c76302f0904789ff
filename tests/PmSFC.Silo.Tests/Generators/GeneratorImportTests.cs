using PmSFC.Abstractions.Failures;
using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Imaging;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Generators;

[Collection(TensorsCollection.Name)]
public sealed class GeneratorImportTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryStore _store = new();

    private string Folder => _directory.Path;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ImportAsync_BundledGenerator_StoresItsFilesAndTheCardLast()
    {
        var models = Path.Combine(Repository.Root, "models", "celeba64-pggan");
        var (card, notes) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(
            Path.Combine(models, "generator.safetensors"),
            Path.Combine(models, "discriminator.safetensors"),
            "faces",
            "research only"
        );

        notes.ShouldBeEmpty();
        (card.Resolution, card.LatentSize, card.Perceptual, card.Terms).ShouldBe((64, 128, "discriminator", "research only"));
        card.Channels.ShouldBe([128, 128, 128, 128, 96, 96, 48, 48, 24, 24]);
        _store.Writes.ShouldBe([
            ArtifactNames.GeneratorWeights(card.Id),
            ArtifactNames.GeneratorPerceptual(card.Id),
            ArtifactNames.GeneratorThumbnail(card.Id),
            ArtifactNames.GeneratorCard(card.Id),
        ]);
        var thumbnail = ImageFile.Decode(_store[ArtifactNames.GeneratorThumbnail(card.Id)], "thumbnail").Image;
        (thumbnail.Width, thumbnail.Height).ShouldBe((4 * 66 + 2, 2 * 66 + 2));
    }

    [Fact]
    public async Task ImportAsync_SameContentAgain_GivesTheStoredCard()
    {
        var (first, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "tiny");
        var (again, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "another name");

        again.Id.ShouldBe(first.Id);
        again.Name.ShouldBe("tiny");
        first.Id.ShouldBe(TinyGenerator.Id);
    }

    [Fact]
    public async Task ImportAsync_ToDrawInAnotherWay_IsAGeneratorOfItsOwnWhoseCardSaysSo()
    {
        var file = Path.Combine(Repository.Root, "models", "celeba64-stylegan2", "generator.safetensors");
        var import = new GeneratorImport(EngineCatalog.BuiltIn, _store);
        var (plain, _) = await import.ImportAsync(file, null, "faces");
        var (truncated, _) = await import.ImportAsync(
            file,
            null,
            "truncated",
            drawing: new DrawingOptions(Truncation: 0.7, Noise: new NoiseSource(null))
        );
        var (asIs, _) = await import.ImportAsync(file, null, "again", drawing: new DrawingOptions());

        (plain.Drawing, truncated.Drawing, asIs.Name).ShouldBe((null, "truncation 0.7, no noise", "faces"));
        truncated.Id.ShouldNotBe(plain.Id);
        _store[ArtifactNames.GeneratorThumbnail(truncated.Id)].ShouldNotBe(_store[ArtifactNames.GeneratorThumbnail(plain.Id)]);
        (
            await Should.ThrowAsync<BadInputException>(import.ImportAsync(Weights(), null, "tiny", drawing: new DrawingOptions(0.7)))
        ).Message.ShouldEndWith(
            "is a generator of the family 'pggan', which has no styles and no noise; leave out --truncation and --noise."
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"id\":")]
    public async Task ImportAsync_DamagedCard_IsWrittenAnew(string damage)
    {
        var (first, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "tiny");
        var sound = _store[ArtifactNames.GeneratorCard(first.Id)];
        _store[ArtifactNames.GeneratorCard(first.Id)] = System.Text.Encoding.UTF8.GetBytes(damage);
        _store[ArtifactNames.GeneratorCard("another")] = System.Text.Encoding.UTF8.GetBytes(damage);

        (await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "tiny")).Card.Id.ShouldBe(first.Id);

        _store[ArtifactNames.GeneratorCard(first.Id)].ShouldBe(sound);
    }

    [Fact]
    public async Task ImportAsync_WrappedFiles_AreTheSameGeneratorAndAreSaidToBe()
    {
        await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "tiny");
        var file = StateDict.Read(TinyGenerator.Weights, "tiny");
        var squeeze = StateDict.Read(TinyGenerator.SqueezeNet, "squeeze");
        var (weights, perceptual) = (Path.Combine(Folder, "wrapped.safetensors"), Path.Combine(Folder, "V.safetensors"));
        await File.WriteAllBytesAsync(weights, Prefixed("g.", file));
        await File.WriteAllBytesAsync(perceptual, Prefixed("loss.vgg.", squeeze));

        var (card, notes) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(weights, null, "again");
        var (_, both) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(weights, perceptual, "with V");

        EngineCatalog
            .BuiltIn.Families.Read(_store[ArtifactNames.GeneratorWeights(card.Id)], "stored")
            .ToSafetensors()
            .ShouldBe(EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").ToSafetensors());
        notes.ShouldBe([$"{weights}: read the weights without 'g.' before their names."]);
        both.ShouldBe([.. notes, $"{perceptual}: read the weights without 'loss.vgg.' before their names."]);
    }

    /// <summary>The id of a file that was read before hangs on its bytes, that of one with tensors of other types on the weights alone.</summary>
    [Fact]
    public async Task ImportAsync_TensorsThatNobodyNeeds_DoNotChangeTheId()
    {
        var (plain, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(
            Canonical("plain.safetensors", ""),
            null,
            "plain"
        );
        var (extra, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(
            Canonical("extra.safetensors", ",\"num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[END,END8]}"),
            null,
            "extra"
        );

        extra.Id.ShouldBe(plain.Id);
    }

    [Fact]
    public async Task ImportAsync_AnotherClassifierAsPerceptualNetwork_IsNamed()
    {
        var path = Path.Combine(Folder, "vgg19.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var i in (int[])[0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34])
            writer.Add($"features.{i}.weight", [1], 1, 1, 1, 1);
        await File.WriteAllBytesAsync(path, writer.ToArray());

        (
            await Should.ThrowAsync<BadInputException>(
                new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), path, "tiny")
            )
        ).Message.ShouldBe($"{path} holds vgg19, but vgg16 is needed.");
    }

    [Fact]
    public async Task ImportAsync_AnotherGeneratorOfTheSameName_IsRefused()
    {
        await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), null, "tiny");
        var models = Path.Combine(Repository.Root, "models", "celeba64-pggan");

        var refusal = await Should.ThrowAsync<BadInputException>(
            new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Path.Combine(models, "generator.safetensors"), null, "tiny")
        );

        refusal.Message.ShouldContain(TinyGenerator.Id);
    }

    [Fact]
    public async Task ImportAsync_FileThatIsNone_SaysSo()
    {
        var missing = await Should.ThrowAsync<BadInputException>(
            new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Path.Combine(Folder, "no.safetensors"), null, "x")
        );
        missing.Message.ShouldContain("does not exist");
        var folder = await Should.ThrowAsync<BadInputException>(
            new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Folder, null, "x")
        );
        folder.Message.ShouldContain("directory");
        var pipe = Path.Combine(Folder, "pipe.pth");
        ChildProcess.Run("mkfifo", pipe).ShouldSucceed();
        (
            await Should.ThrowAsync<BadInputException>(new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(pipe, null, "x"))
        ).Message.ShouldBe($"{pipe} is not a regular file but a named pipe; name a file of weights.");
        var text = Path.Combine(Folder, "text.safetensors");
        await File.WriteAllTextAsync(text, "This is not a safetensors file, whatever its name says.");
        var damaged = await Should.ThrowAsync<BadInputException>(
            new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(text, null, "x")
        );
        damaged.Message.ShouldContain("text.safetensors");
        _store.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task ImportAsync_DiscriminatorOfAnotherResolution_IsRefused()
    {
        var models = Path.Combine(Repository.Root, "models", "celeba64-pggan");

        var refusal = await Should.ThrowAsync<BadInputException>(
            new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(
                Weights(),
                Path.Combine(models, "discriminator.safetensors"),
                "tiny"
            )
        );

        refusal.Message.ShouldContain("64×64");
    }

    [Fact]
    public async Task ImportAsync_SqueezeNetAsPerceptualNetwork_IsNamedInTheCardAndPartOfTheId()
    {
        var path = Path.Combine(Folder, "squeezenet.safetensors");
        await File.WriteAllBytesAsync(path, TinyGenerator.SqueezeNet);

        var (card, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), path, "tiny");

        card.Perceptual.ShouldBe("squeezenet1_1");
        card.Id.ShouldNotBe(TinyGenerator.Id);
        _store[ArtifactNames.GeneratorPerceptual(card.Id)].ShouldBe(TinyGenerator.SqueezeNet);
    }

    [Fact]
    public async Task ImportAsync_PerceptualNetworkThatLacksATensorOrIsNone_IsRefused()
    {
        var path = Path.Combine(Folder, "squeezenet.safetensors");
        await File.WriteAllBytesAsync(
            path,
            new SafetensorsWriter().Add("features.3.squeeze.weight", new float[1024], 16, 64, 1, 1).ToArray()
        );
        (
            await Should.ThrowAsync<BadInputException>(
                new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), path, "tiny")
            )
        ).Message.ShouldContain("features.0.weight");

        await File.WriteAllBytesAsync(path, new SafetensorsWriter().Add("classifier.weight", [1], 1).ToArray());
        (
            await Should.ThrowAsync<BadInputException>(
                new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(Weights(), path, "tiny")
            )
        ).Message.ShouldContain("holds neither a discriminator");
        _store.Names.ShouldBeEmpty();
    }

    private static byte[] Prefixed(string prefix, StateDict file)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in file.Names)
            writer.Add(prefix + name, file.ReadFloats(name, [.. file.Shape(name)]), [.. file.Shape(name)]);
        return writer.ToArray();
    }

    /// <summary>The project's own file, with another tensor of 8 bytes at its end where one is given.</summary>
    private string Canonical(string name, string entry)
    {
        var file = EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").ToSafetensors();
        if (entry.Length > 0)
        {
            var length = (int)BitConverter.ToInt64(file);
            var end = file.Length - 8 - length;
            var header = System.Text.Encoding.UTF8.GetBytes(
                System.Text.Encoding.UTF8.GetString(file, 8, length).TrimEnd()[..^1]
                    + entry.Replace("END8", $"{end + 8}").Replace("END", $"{end}")
                    + "}"
            );
            file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. file[(8 + length)..], .. new byte[8]];
        }

        File.WriteAllBytes(Path.Combine(Folder, name), file);
        return Path.Combine(Folder, name);
    }

    private string Weights()
    {
        var path = Path.Combine(Folder, "tiny.safetensors");
        File.WriteAllBytes(path, TinyGenerator.Weights);
        return path;
    }
}
