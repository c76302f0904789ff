using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Generators;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Storage;

namespace PmSFC.Client.Tests.Generators;

public sealed class GeneratorDirectoryTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();
    private readonly GeneratorDirectory _directory;

    public GeneratorDirectoryTests() => _directory = new GeneratorDirectory(_temporary.Store);

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("faces", "abcd0000")]
    [InlineData("abcd1", "abcd1111")]
    [InlineData("ABCD0000", "abcd0000")]
    public async Task FindAsync_NameOrBeginningOfAnId_IsFound(string wanted, string id)
    {
        await Store("abcd0000", "faces");
        await Store("abcd1111", "rooms");

        (await _directory.FindAsync(wanted)).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("face", "did you mean 'faces'?")]
    [InlineData("spaceship", "it has faces, rooms;")]
    [InlineData("abc", "There is no generator 'abc'")]
    [InlineData("abcd", "'abcd' means 2 generators (abcd0000, abcd1111)")]
    public async Task FindAsync_WhatIsNotOneGenerator_SaysWhatThereIs(string wanted, string message)
    {
        await Store("abcd0000", "faces");
        await Store("abcd1111", "rooms");

        (await Should.ThrowAsync<BadInputException>(() => _directory.FindAsync(wanted))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task FindAsync_EmptyStore_SaysHowToImport() =>
        (await Should.ThrowAsync<BadInputException>(() => _directory.FindAsync("faces"))).Message.ShouldContain("pmsfc generators import");

    [Fact]
    public async Task ListAsync_Generators_AreOrderedByNameAndNeedTheirCard()
    {
        await Store("2222", "b");
        await Store("1111", "c");
        await Store("3333", "a");
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorWeights("4444"), new byte[1]);

        (await _directory.ListAsync()).Select(card => card.Name).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task ListAsync_DamagedCard_IsNamed()
    {
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorCard("1111"), "{}"u8.ToArray());

        var thrown = await Should.ThrowAsync<StoreException>(() => _directory.ListAsync());
        thrown.Kind.ShouldBe(StoreFailure.Damaged);
        thrown.Message.ShouldStartWith("generators/1111/card.json in ");
    }

    private async Task Store(string id, string name) => await _temporary.Store.WriteOnceAsync(
        ArtifactNames.GeneratorCard(id),
        ArtifactJson.Write(new GeneratorCard { Id = id, Name = name, Layout = "genforce", Resolution = 64, LatentSize = 128, Channels = [128, 64] }));
}
