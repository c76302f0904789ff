namespace PmSFC.Storage.Tests;

public sealed class ArtifactStoresTests
{
    private const string Connection =
        "DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0a2V5;EndpointSuffix=core.windows.net";

    [Fact]
    public void Open_Directory_IsADirectoryStore()
    {
        using var directory = new TemporaryDirectory();

        Open(Path.Combine(directory.Path, "new")).Description.ShouldBe($"directory {directory.Path}/new");
    }

    [Theory]
    [InlineData("store", true)]
    [InlineData("/var/store", true)]
    [InlineData("night:run", true)]
    [InlineData("azurite", false)]
    [InlineData("azure:faces", false)]
    [InlineData("https://account.blob.core.windows.net/faces", false)]
    [InlineData("s3://bucket", false)]
    public void FolderOf_Location_IsWhatOpenMakesOfIt(string location, bool isDirectory) =>
        ArtifactStores.FolderOf(location).ShouldBe(isDirectory ? Path.GetFullPath(location) : null);

    [Fact]
    public void FolderOf_DirectoryNamedAsTheEmulator_IsNone()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(Path.Combine(directory.Path, "azurite"));

        ArtifactStores.FolderOf("azurite").ShouldBeNull();
        ArtifactStores.FolderOf(Path.Combine(directory.Path, "azurite")).ShouldBe(Path.Combine(directory.Path, "azurite"));
    }

    [Fact]
    public void IsMissing_OnlyADirectoryThatIsNotThere()
    {
        using var directory = new TemporaryDirectory();

        ArtifactStores.IsMissing(Path.Combine(directory.Path, "none")).ShouldBeTrue();
        ArtifactStores.IsMissing(directory.Path).ShouldBeFalse();
        ArtifactStores.IsMissing("azure:faces").ShouldBeFalse();
    }

    [Fact]
    public void Kinds_AreThoseThatMessagesTell() =>
        ArtifactStores.Kinds.ShouldBe("a directory, azurite, azure:<container> or a container's https address");

    [Theory]
    [InlineData(
        "azurit",
        "looks like a misspelt 'azurite': give a directory, azurite, azure:<container> or a container's https address; for a directory of that name write ./azurit"
    )]
    [InlineData(
        "Azure:faces",
        "looks like a misspelt 'azure:<container>': give a directory, azurite, azure:<container> or a container's https address; for a directory of that name write ./Azure:faces"
    )]
    [InlineData(
        "s3://bucket",
        "'s3' is not a kind of store: give a directory, azurite, azure:<container> or a container's https address; for a directory of that name write ./s3://bucket"
    )]
    [InlineData(" ", "a location must be a directory, azurite, azure:<container> or a container's https address")]
    public void Normalize_WhatNamesNoStore_SaysWhatIsWrong(string location, string clause) =>
        Should.Throw<ArgumentException>(() => ArtifactStores.Normalize(location)).Message.ShouldBe(clause);

    [Theory]
    [InlineData("azurite", "Azure Blob container http://127.0.0.1:10000/devstoreaccount1/pmsfc")]
    [InlineData("azure:faces", "Azure Blob container https://account.blob.core.windows.net/faces")]
    [InlineData("azure:a-b", "Azure Blob container https://account.blob.core.windows.net/a-b")]
    [InlineData("https://account.blob.core.windows.net/faces", "Azure Blob container https://account.blob.core.windows.net/faces")]
    public void Open_BlobLocation_IsABlobStore(string location, string description) =>
        Open(location, Connection).Description.ShouldBe(description);

    [Theory]
    [InlineData(" ", "location is empty")]
    [InlineData("azure:Faces", "'Faces' is not a container's name")]
    [InlineData("azure:a--b", "'a--b' is not a container's name")]
    [InlineData("azure:ab", "'ab' is not a container's name")]
    [InlineData("azure://faces", "'azure' is not a kind of store")]
    [InlineData("s3://bucket", "'s3' is not a kind of store")]
    [InlineData("https://account.blob.core.windows.net", "names no container")]
    [InlineData("https://account.blob.core.windows.net/a/b", "names no container")]
    [InlineData("https://account.blob.core.windows.net/faces?sig=c2VjcmV0", "carries a secret")]
    public void Open_BadLocation_SaysWhatIsWrong(string location, string sentence)
    {
        var failure = Should.Throw<ArgumentException>(() => Open(location, Connection));

        failure.Message.ShouldContain(sentence);
        failure.ToString().ShouldNotContain("c2VjcmV0");
    }

    [Fact]
    public void Open_NoConnection_NamesTheVariable() =>
        Should.Throw<ArgumentException>(() => Open("azure:faces")).Message.ShouldContain("PMSFC_STORE_CONNECTION, which is not set");

    [Theory]
    [InlineData("AccountKey=c2VjcmV0")]
    [InlineData("c2VjcmV0")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0!;EndpointSuffix=core.windows.net")]
    public void Open_BadConnection_DoesNotTellIt(string connection)
    {
        var failure = Should.Throw<ArgumentException>(() => Open("azure:faces", connection));

        failure.Message.ShouldContain("holds no connection string");
        failure.ToString().ShouldNotContain("c2VjcmV0");
    }

    private static IArtifactStore Open(string location, string? connection = null) =>
        ArtifactStores.Open(
            location,
            new StoreOpening { Environment = variable => variable == ArtifactStores.ConnectionVariable ? connection : null }
        );
}
