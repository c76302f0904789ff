using PmSFC.Abstractions.Failures;
using PmSFC.Engine.Safetensors;
using PmSFC.Imaging;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Generators;

[Collection(TensorsCollection.Name)]
public sealed class GeneratorImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pmsfc-import").FullName;
    private readonly MemoryStore _store = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ImportAsync_BundledGenerator_StoresItsFilesAndTheCardLast()
    {
        var models = Path.Combine(Root(AppContext.BaseDirectory), "models", "celeba64-pggan");
        var card = await GeneratorImport.ImportAsync(
            _store, Path.Combine(models, "generator.safetensors"), Path.Combine(models, "discriminator.safetensors"), "faces", "research only");

        (card.Resolution, card.LatentSize, card.Perceptual, card.Terms).ShouldBe((64, 128, "discriminator", "research only"));
        card.Channels.ShouldBe([128, 128, 128, 128, 96, 96, 48, 48, 24, 24]);
        _store.Writes.ShouldBe(
        [
            ArtifactNames.GeneratorWeights(card.Id), ArtifactNames.GeneratorPerceptual(card.Id), ArtifactNames.GeneratorThumbnail(card.Id),
            ArtifactNames.GeneratorCard(card.Id),
        ]);
        var thumbnail = ImageFile.Decode(_store[ArtifactNames.GeneratorThumbnail(card.Id)], "thumbnail").Image;
        (thumbnail.Width, thumbnail.Height).ShouldBe((4 * 66 + 2, 2 * 66 + 2));
    }

    [Fact]
    public async Task ImportAsync_SameContentAgain_GivesTheStoredCard()
    {
        var first = await GeneratorImport.ImportAsync(_store, Weights(), null, "tiny");
        var again = await GeneratorImport.ImportAsync(_store, Weights(), null, "another name");

        again.Id.ShouldBe(first.Id);
        again.Name.ShouldBe("tiny");
        first.Id.ShouldBe(TinyGenerator.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"id\":")]
    public async Task ImportAsync_DamagedCard_IsWrittenAnew(string damage)
    {
        var first = await GeneratorImport.ImportAsync(_store, Weights(), null, "tiny");
        var sound = _store[ArtifactNames.GeneratorCard(first.Id)];
        _store[ArtifactNames.GeneratorCard(first.Id)] = System.Text.Encoding.UTF8.GetBytes(damage);
        _store[ArtifactNames.GeneratorCard("another")] = System.Text.Encoding.UTF8.GetBytes(damage);

        (await GeneratorImport.ImportAsync(_store, Weights(), null, "tiny")).Id.ShouldBe(first.Id);

        _store[ArtifactNames.GeneratorCard(first.Id)].ShouldBe(sound);
    }

    [Fact]
    public async Task ImportAsync_AnotherGeneratorOfTheSameName_IsRefused()
    {
        await GeneratorImport.ImportAsync(_store, Weights(), null, "tiny");
        var models = Path.Combine(Root(AppContext.BaseDirectory), "models", "celeba64-pggan");

        var refusal = await Should.ThrowAsync<BadInputException>(
            GeneratorImport.ImportAsync(_store, Path.Combine(models, "generator.safetensors"), null, "tiny"));

        refusal.Message.ShouldContain(TinyGenerator.Id);
    }

    [Fact]
    public async Task ImportAsync_FileThatIsNone_SaysSo()
    {
        var missing = await Should.ThrowAsync<BadInputException>(GeneratorImport.ImportAsync(_store, Path.Combine(_folder, "no.safetensors"), null, "x"));
        missing.Message.ShouldContain("does not exist");
        var folder = await Should.ThrowAsync<BadInputException>(GeneratorImport.ImportAsync(_store, _folder, null, "x"));
        folder.Message.ShouldContain("directory");
        var text = Path.Combine(_folder, "text.safetensors");
        await File.WriteAllTextAsync(text, "This is not a safetensors file, whatever its name says.");
        var damaged = await Should.ThrowAsync<BadInputException>(GeneratorImport.ImportAsync(_store, text, null, "x"));
        damaged.Message.ShouldContain("text.safetensors");
        _store.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task ImportAsync_DiscriminatorOfAnotherResolution_IsRefused()
    {
        var models = Path.Combine(Root(AppContext.BaseDirectory), "models", "celeba64-pggan");

        var refusal = await Should.ThrowAsync<BadInputException>(
            GeneratorImport.ImportAsync(_store, Weights(), Path.Combine(models, "discriminator.safetensors"), "tiny"));

        refusal.Message.ShouldContain("64×64");
    }

    [Fact]
    public async Task ImportAsync_SqueezeNetAsPerceptualNetwork_IsNamedInTheCardAndPartOfTheId()
    {
        var path = Path.Combine(_folder, "squeezenet.safetensors");
        await File.WriteAllBytesAsync(path, TinyGenerator.SqueezeNet);

        var card = await GeneratorImport.ImportAsync(_store, Weights(), path, "tiny");

        card.Perceptual.ShouldBe("squeezenet1_1");
        card.Id.ShouldNotBe(TinyGenerator.Id);
        _store[ArtifactNames.GeneratorPerceptual(card.Id)].ShouldBe(TinyGenerator.SqueezeNet);
    }

    [Fact]
    public async Task ImportAsync_PerceptualNetworkThatLacksATensorOrIsNone_IsRefused()
    {
        var path = Path.Combine(_folder, "squeezenet.safetensors");
        await File.WriteAllBytesAsync(path, new SafetensorsWriter().Add("features.3.squeeze.weight", new float[1024], 16, 64, 1, 1).ToArray());
        (await Should.ThrowAsync<BadInputException>(GeneratorImport.ImportAsync(_store, Weights(), path, "tiny"))).Message.ShouldContain("features.0.weight");

        await File.WriteAllBytesAsync(path, new SafetensorsWriter().Add("classifier.weight", [1], 1).ToArray());
        (await Should.ThrowAsync<BadInputException>(GeneratorImport.ImportAsync(_store, Weights(), path, "tiny"))).Message
            .ShouldContain("holds neither a discriminator");
        _store.Names.ShouldBeEmpty();
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "PmSFC.Cluster.sln")) ? folder : Root(Directory.GetParent(folder)!.FullName);

    private string Weights()
    {
        var path = Path.Combine(_folder, "tiny.safetensors");
        File.WriteAllBytes(path, TinyGenerator.Weights);
        return path;
    }
}
