namespace PmSFC.Storage.Tests;

/// <summary>A kind of store that the product does not have: one class, and its place in the list of kinds.</summary>
public sealed class MemoryStoreTests
{
    private readonly StoreCatalog _catalog = new(new DirectoryStoreProvider(), new BlobStoreProvider(), new MemoryStoreProvider());

    [Fact]
    public async Task Open_ItsLocation_IsOneStoreForAllWhoOpenIt()
    {
        await _catalog.Open("memory:night", new StoreOpening()).WriteOnceAsync("images/a.png", new byte[] { 1 });

        var again = _catalog.Open("memory:night", new StoreOpening());
        again.Description.ShouldBe("memory night");
        (await again.ExistsAsync("images/a.png")).ShouldBeTrue();
        (await _catalog.Open("memory:day", new StoreOpening()).ExistsAsync("images/a.png")).ShouldBeFalse();
        Directory.Exists("memory:night").ShouldBeFalse();
    }

    [Fact]
    public void Normalize_ItsLocation_StaysAndIsNoFolder()
    {
        _catalog.Normalize("memory:night").ShouldBe("memory:night");
        _catalog.FolderOf("memory:night").ShouldBeNull();
    }

    [Theory]
    [InlineData("azurite")]
    [InlineData("azure:faces")]
    [InlineData("store")]
    [InlineData("/var/store")]
    [InlineData("https://account.blob.core.windows.net/faces")]
    public void FolderOf_LocationOfAnotherKind_IsWhatItIsWithoutThisOne(string location) =>
        _catalog.FolderOf(location).ShouldBe(ArtifactStores.FolderOf(location));

    [Fact]
    public void Normalize_WhatNamesNoStore_TellsThisKindTooAndWhichWordWasMeant()
    {
        Should
            .Throw<ArgumentException>(() => _catalog.Normalize("s3://bucket"))
            .Message.ShouldContain("give a directory, azurite, azure:<container>, a container's https address or memory:<name>;");
        Should
            .Throw<ArgumentException>(() => _catalog.Normalize("memroy:night"))
            .Message.ShouldStartWith("looks like a misspelt 'memory:<name>'");
    }
}
