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
        (await Should.ThrowAsync<BadInputException>(() => _directory.FindAsync("faces"))).Message.ShouldContain("generators import");

    [Fact]
    public async Task ListAsync_Generators_AreOrderedByNameAndNeedTheirCard()
    {
        await Store("2222", "b");
        await Store("1111", "c");
        await Store("3333", "a");
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorWeights("4444"), new byte[1]);

        (await _directory.ListAsync()).Cards.Select(card => card.Name).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task ListAsync_DamagedCards_AreNamedBesideTheOthers()
    {
        await Store("2222", "faces");
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorCard("1111"), "{}"u8.ToArray());
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorCard("3333"), Array.Empty<byte>());
        await _temporary.Store.WriteOnceAsync(ArtifactNames.GeneratorCard("4444"), "{\"format\":2}"u8.ToArray());
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.GeneratorCard("5555"),
            (await _temporary.Store.ReadAsync(ArtifactNames.GeneratorCard("2222")))!.Content
        );

        Directory.CreateDirectory(_temporary.PathOf($"store/{ArtifactNames.GeneratorCard("6666")}"));

        var (cards, problems) = await _directory.ListAsync();

        cards.Select(card => card.Name).ShouldBe(["faces"]);
        problems.Length.ShouldBe(5);
        problems[0].ShouldStartWith("generators/1111/card.json in ");
        problems[1].ShouldContain("(it is empty, or no file); import the generator's file again with 'generators import'");
        problems[2].ShouldContain("format 2");
        problems[3].ShouldContain("it is that of 2222");
        problems[4].ShouldStartWith("generators/6666/card.json in ");
        problems.ShouldAllBe(problem => !problem.Contains("PmSFC."));
        (await _directory.FindAsync("faces")).Id.ShouldBe("2222");
        (await Should.ThrowAsync<StoreException>(() => _directory.FindAsync("3333"))).Message.ShouldBe(problems[1]);
        (await Should.ThrowAsync<BadInputException>(() => _directory.FindAsync("rooms"))).Message.ShouldContain(
            "It may be one that cannot be read: generators/1111"
        );
    }

    private async Task Store(string id, string name) =>
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.GeneratorCard(id),
            ArtifactJson.Write(
                new GeneratorCard
                {
                    Id = id,
                    Name = name,
                    Layout = "genforce",
                    Resolution = 64,
                    LatentSize = 128,
                    Channels = [128, 64],
                }
            )
        );
}
