using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Storage.Tests;

public sealed class DirectoryArtifactStoreTests : IDisposable
{
    private static readonly byte[] Content = "content"u8.ToArray();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Open_WriterCrashedHalfWay_ItsFileIsInvisibleAndSweptAfterAnHour()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        _ = new DirectoryArtifactStore(_directory.Path, time);
        var abandoned = Path.Combine(_directory.Path, ".tmp", "half-an-artifact");
        await File.WriteAllBytesAsync(abandoned, Content);

        time.Advance(TimeSpan.FromMinutes(59));
        var store = new DirectoryArtifactStore(_directory.Path, time);
        (await ListAsync(store)).ShouldBeEmpty();
        File.Exists(abandoned).ShouldBeTrue();

        time.Advance(TimeSpan.FromMinutes(2));
        _ = new DirectoryArtifactStore(_directory.Path, time);
        File.Exists(abandoned).ShouldBeFalse();
    }

    [Fact]
    public async Task WriteOnceAsync_ProcessesRaceAndOneIsKilled_EveryArtifactIsWholeAndWrittenOnce()
    {
        using var first = StoreWriter.Start(_directory.Path, "a");
        using var second = StoreWriter.Start(_directory.Path, "b");
        using var killed = StoreWriter.Start(_directory.Path, "c");
        await killed.WroteOneAsync();
        killed.Kill();
        var created = await first.CreatedAsync() + await second.CreatedAsync() + killed.CreatedSoFar;

        var store = new DirectoryArtifactStore(_directory.Path);
        var names = await ListAsync(store);
        names.Count.ShouldBe(StoreWriter.Names);
        foreach (var name in names)
        {
            var content = (await store.ReadAsync(name))!.Content;
            content.Length.ShouldBe(StoreWriter.Length, name);
            content.Span.IndexOfAnyExcept(content.Span[0]).ShouldBe(-1, name);
        }

        // The killed process may have created one artifact that it had no time to tell of.
        created.ShouldBeInRange(StoreWriter.Names - 1, StoreWriter.Names);
    }

    [Fact]
    public async Task ListAsync_ForeignFiles_AreLeftOut()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        await store.WriteOnceAsync("jobs/a/result.json", Content);
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "README.txt"), Content);
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "jobs", ".hidden"), Content);

        (await ListAsync(store)).ShouldBe(["jobs/a/result.json"]);
    }

    [Fact]
    public async Task DeleteAsync_LastOfAFolder_LeavesNoEmptyFolders()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        await store.WriteOnceAsync("checkpoints/j/00000001", Content);
        await store.WriteOnceAsync("checkpoints/k/00000001", Content);

        await store.DeleteAsync("checkpoints/j/00000001");
        Directory.Exists(Path.Combine(_directory.Path, "checkpoints", "j")).ShouldBeFalse();
        Directory.Exists(Path.Combine(_directory.Path, "checkpoints", "k")).ShouldBeTrue();

        await store.DeleteAsync("checkpoints/k/00000001");
        Directory.Exists(Path.Combine(_directory.Path, "checkpoints")).ShouldBeFalse();
        Directory.Exists(_directory.Path).ShouldBeTrue();
    }

    [Fact]
    public async Task WriteOnceAsync_FoldersComeAndGo_NeverFails()
    {
        var store = new DirectoryArtifactStore(_directory.Path);

        await Parallel.ForAsync(0, 400, async (i, cancellationToken) =>
        {
            var name = $"checkpoints/j/{i:D8}";
            (await store.WriteOnceAsync(name, Content, cancellationToken)).ShouldBe(WriteOutcome.Created);
            await store.DeleteAsync(name, cancellationToken);
        });

        (await ListAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public void Open_RootIsAFile_SaysSo()
    {
        var file = Path.Combine(_directory.Path, "file");
        File.WriteAllBytes(file, Content);

        var failure = Should.Throw<StoreException>(() => new DirectoryArtifactStore(file));

        failure.Kind.ShouldBe(StoreFailure.Refused);
        failure.Message.ShouldBe($"the store {file} is a file, not a directory: name a directory with --store.");
        Should.Throw<StoreException>(() => new DirectoryArtifactStore(file, access: StoreAccess.Read)).Message.ShouldBe(failure.Message);
    }

    [Fact]
    public async Task AnyMethod_StoreFails_CountsTheFailureOnce()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        Directory.Delete(_directory.Path, recursive: true);
        await File.WriteAllTextAsync(_directory.Path, "in the way");
        using var measurements = new Measurements(PmSFCMetrics.StoreFailures);

        await Should.ThrowAsync<StoreException>(async () => await store.WriteOnceAsync("images/a.png", new byte[1]));
        measurements.Sum(PmSFCMetrics.StoreFailures, "unavailable").ShouldBe(1);
        await Should.ThrowAsync<StoreException>(async () => await store.ReplaceAsync("grains/a.json", new byte[1], null));
        measurements.Sum(PmSFCMetrics.StoreFailures, "unavailable").ShouldBe(2);
        File.Delete(_directory.Path);
        (await store.WriteOnceAsync("images/a.png", new byte[1])).ShouldBe(WriteOutcome.Created);
        (await store.WriteOnceAsync("images/a.png", new byte[1])).ShouldBe(WriteOutcome.AlreadyExists);
        measurements.Sum(PmSFCMetrics.StoreFailures, "unavailable").ShouldBe(2);
    }

    [Fact]
    public void Open_RootCannotBeWritten_SaysSo()
    {
        // The kernel lets nobody make folders there, root included.
        var failure = Should.Throw<StoreException>(() => new DirectoryArtifactStore("/proc/self/pmsfc"));

        failure.Message.ShouldContain("the store directory /proc/self/pmsfc cannot be");
    }

    [FactNeeding<Tmpfs>]
    public void Open_ReadOnlyFileSystem_SaysSo()
    {
        using var tmpfs = new Tmpfs(_directory.Path, "size=1m,ro");

        var failure = Should.Throw<StoreException>(() => new DirectoryArtifactStore(tmpfs.Path));

        failure.Kind.ShouldBe(StoreFailure.Refused);
        failure.Message.ShouldBe(
            $"the store directory {tmpfs.Path} cannot be written, since its file system is mounted read-only: mount it for writing or choose another with --store."
        );
    }

    [FactNeeding<Tmpfs>]
    public async Task OpenToRead_ReadOnlyFileSystem_ReadsAndSaysWhyItCannotBeWritten()
    {
        using var tmpfs = new Tmpfs(_directory.Path, "size=1m");
        await new DirectoryArtifactStore(tmpfs.Path).WriteOnceAsync("sweeps/a/plan.json", Content);
        tmpfs.Remount("ro");

        var store = new DirectoryArtifactStore(tmpfs.Path, access: StoreAccess.Read);

        (await ListAsync(store)).ShouldBe(["sweeps/a/plan.json"]);
        (await store.ReadAsync("sweeps/a/plan.json"))!.Content.Span.SequenceEqual(Content).ShouldBeTrue();
        (await Should.ThrowAsync<StoreException>(async () => await store.WriteOnceAsync("images/a.png", Content))).Message.ShouldContain(
            "mounted read-only"
        );
        (await Should.ThrowAsync<StoreException>(async () => await store.DeleteAsync("sweeps/a/plan.json"))).Kind.ShouldBe(
            StoreFailure.Refused
        );
    }

    [Fact]
    public async Task OpenToRead_MissingOrForeignDirectory_MakesNothingUntilItIsWritten()
    {
        var root = Path.Combine(_directory.Path, "store");
        var store = new DirectoryArtifactStore(root, access: StoreAccess.Read);
        (await ListAsync(store)).ShouldBeEmpty();
        (await store.ReadAsync("a")).ShouldBeNull();
        Directory.Exists(root).ShouldBeFalse();

        (await store.WriteOnceAsync("a", Content)).ShouldBe(WriteOutcome.Created);
        (await store.ReplaceAsync("a", Content, (await store.ReadAsync("a"))!.ETag)).ShouldNotBeNull();
    }

    [Fact]
    public async Task PutAsync_AnyEarlierContent_IsReplacedUnlessALaterVersionWroteIt()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        foreach (var earlier in (string[])["", "{", "{\"name\":\"old\"}"])
        {
            await store.DeleteAsync("plan.json");
            await store.WriteOnceAsync("plan.json", System.Text.Encoding.UTF8.GetBytes(earlier));
            await store.PutAsync("plan.json", Content);
            (await store.ReadAsync("plan.json"))!.Content.Span.SequenceEqual(Content).ShouldBeTrue(earlier);
        }

        await store.PutAsync("new.json", Content);
        (await store.ExistsAsync("new.json")).ShouldBeTrue();
        await store.WriteOnceAsync("later.json", "{\"format\":2}"u8.ToArray());
        (await Should.ThrowAsync<StoreException>(() => store.PutAsync("later.json", Content))).Kind.ShouldBe(StoreFailure.Newer);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("folder with a file")]
    [InlineData("link to a folder")]
    [InlineData("link to nothing")]
    [InlineData("pipe")]
    public async Task AnyMethod_NoFileInAnArtifactsPlace_IsAnArtifactWithoutBytesThatGivesWay(string what)
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        foreach (var (i, name) in ((string[])["sweeps/a/plan.json", "state/sweep/sweep/a"]).Index())
        {
            foreach (
                var replace in (
                    (Func<string, Task>[])
                        [
                            async etag => (await store.ReplaceAsync(name, Content, etag)).ShouldNotBeNull(),
                            async etag => (await store.DeleteAsync(name, etag)).ShouldBeTrue(),
                            async _ => await store.DeleteAsync(name),
                            async _ => await store.SetAsideAsync(name),
                            async _ => await store.PutAsync(name, Content),
                            async _ => await store.WriteSoundAsync(name, () => Content, stored => stored.Span.SequenceEqual(Content)),
                        ]
                )
            )
            {
                await store.DeleteAsync(name);
                Make(what, Path.Combine(_directory.Path, name));

                var stored = (await store.ReadAsync(name).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).ShouldNotBeNull();
                stored.Content.Length.ShouldBe(0);
                (await store.ExistsAsync(name)).ShouldBeTrue();
                if (i == 0)
                    (await ListAsync(store))
                        .Where(listed => !listed.StartsWith(ArtifactNames.SetAsides, StringComparison.Ordinal))
                        .ShouldBe([name]);
                (await store.WriteOnceAsync(name, Content)).ShouldBe(WriteOutcome.AlreadyExists);
                (await store.ReplaceAsync(name, Content, null)).ShouldBeNull();
                await replace(stored.ETag);
                ((await store.ReadAsync(name))?.Content.ToArray() ?? Content).ShouldBe(Content);
            }
        }

        var kept = Directory.GetFiles(Path.Combine(_directory.Path, "set-aside"), "note.txt", SearchOption.AllDirectories);
        kept.Length.ShouldBe(what is "folder with a file" or "link to a folder" ? 12 : 0);
        File.Exists(Path.Combine(_directory.Path, "Elsewhere", "note.txt")).ShouldBe(what == "link to a folder");
    }

    private void Make(string what, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (what.StartsWith("folder", StringComparison.Ordinal))
            Directory.CreateDirectory(path);
        if (what == "folder with a file")
            File.WriteAllText(Path.Combine(path, "note.txt"), "mine");
        if (what == "link to nothing")
            File.CreateSymbolicLink(path, Path.Combine(_directory.Path, "nowhere"));
        if (what == "pipe")
            ChildProcess.Run("mkfifo", path).ShouldSucceed();
        if (what != "link to a folder")
            return;
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "Elsewhere")).FullName, "note.txt"), "mine");
        Directory.CreateSymbolicLink(path, Path.Combine(_directory.Path, "Elsewhere"));
    }

    [FactNeeding<Tmpfs>]
    public async Task AnyWrite_DiskIsFull_SaysSoAndLeavesNothingHalfWritten()
    {
        using var tmpfs = new Tmpfs(_directory.Path, "size=1m");
        var store = new DirectoryArtifactStore(tmpfs.Path);
        var etag = await store.ReplaceAsync("state/sweep/a", Content, ifMatchEtag: null);

        var write = await Should.ThrowAsync<StoreException>(async () => await store.WriteOnceAsync("images/a.png", new byte[2 << 20]));
        var replace = await Should.ThrowAsync<StoreException>(async () =>
            await store.ReplaceAsync("state/sweep/a", new byte[2 << 20], etag)
        );

        write.Kind.ShouldBe(StoreFailure.Full);
        replace.Kind.ShouldBe(StoreFailure.Full);
        write.Message.ShouldBe($"the store directory {tmpfs.Path} has no space left: free some or choose another with --store.");
        Directory.EnumerateFiles(Path.Combine(tmpfs.Path, ".tmp")).ShouldBeEmpty();
        (await ListAsync(store)).ShouldBe(["state/sweep/a"]);
        (await store.ReadAsync("state/sweep/a"))!.Content.Span.SequenceEqual(Content).ShouldBeTrue();
        (await store.WriteOnceAsync("images/a.png", new byte[100 << 10])).ShouldBe(WriteOutcome.Created);
    }

    private static async Task<List<string>> ListAsync(DirectoryArtifactStore store)
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync(""))
            names.Add(name);
        return names;
    }
}
