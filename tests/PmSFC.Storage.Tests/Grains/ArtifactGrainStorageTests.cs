using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace PmSFC.Storage.Tests;

public sealed class ArtifactGrainStorageTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SwitchableStore _store;
    private InProcessTestCluster _cluster = null!;

    public ArtifactGrainStorageTests() => _store = new SwitchableStore(new DirectoryArtifactStore(_directory.Path));

    public async Task InitializeAsync() => _cluster = await StartAsync();

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task WriteStateAsync_SiloKilledAfterwards_StateIsThere()
    {
        await Ledger("a").AddAsync("one");
        var home = await Ledger("a").SiloAsync();

        await _cluster.KillSiloAsync(_cluster.Silos.Single(s => s.SiloAddress.ToString() == home));

        (await Ledger("a").AddAsync("two")).ShouldBe(2);
        (await Ledger("a").SiloAsync()).ShouldNotBe(home);
    }

    [Fact]
    public async Task WriteStateAsync_WholeClusterRestarted_StateIsThere()
    {
        await Ledger("Ünlike/any file name").AddAsync("one");
        await _cluster.DisposeAsync();
        _cluster = await StartAsync();

        var ledger = await Ledger("Ünlike/any file name").ReadAsync();

        ledger.Entries.ShouldBe(["one"]);
        ledger.Status.ShouldBe(LedgerStatus.Open);
    }

    [Fact]
    public async Task WriteStateAsync_RecordIsJsonUnderItsName()
    {
        await Ledger("a").AddAsync("one");

        var record = await _store.ReadAsync(ArtifactNames.State("ledger", "book", "a"));

        Encoding.UTF8.GetString(record.ShouldNotBeNull().Content.Span).ShouldBe("""{"Status":"Open","Entries":["one"]}""");
    }

    [Fact]
    public async Task WriteStateAsync_RecordChangedBehindTheGrain_IsReportedAndReadAnew()
    {
        await Ledger("a").AddAsync("one");
        var name = ArtifactNames.State("ledger", "book", "a");
        var current = await _store.ReadAsync(name);
        await _store.ReplaceAsync(name, """{"Status":"Open","Entries":["rival"]}"""u8.ToArray(), current!.ETag);

        await Should.ThrowAsync<InconsistentStateException>(() => Ledger("a").AddAsync("two"));

        await Ledger("a").AddAsync("three");
        (await Ledger("a").ReadAsync()).Entries.ShouldBe(["rival", "three"]);
    }

    [Fact]
    public async Task WriteStateAsync_RecordAppearedBehindANewGrain_IsReported()
    {
        await Ledger("a").ReadAsync();
        await _store.ReplaceAsync(ArtifactNames.State("ledger", "book", "a"), """{"Entries":["rival"]}"""u8.ToArray(), ifMatchEtag: null);

        await Should.ThrowAsync<InconsistentStateException>(() => Ledger("a").AddAsync("one"));
    }

    [Fact]
    public async Task ClearStateAsync_StoredState_LeavesNoRecord()
    {
        await Ledger("a").AddAsync("one");

        await Ledger("a").ClearAsync();

        (await _store.ExistsAsync(ArtifactNames.State("ledger", "book", "a"))).ShouldBeFalse();
        (await Ledger("a").ReadAsync()).Entries.ShouldBeEmpty();
        (await Ledger("a").AddAsync("anew")).ShouldBe(1);
    }

    [Fact]
    public async Task WriteStateAsync_StoreUnavailable_ReachesTheClientWithItsKind()
    {
        await Ledger("a").AddAsync("one");
        _store.Failure = new StoreException(StoreFailure.Unavailable, "the store is away.");

        var failure = await StoreFailureOf(() => Ledger("a").AddAsync("two"));

        failure.Kind.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldBe("the store is away.");
    }

    [Fact]
    public async Task ReadStateAsync_DamagedRecord_CountsAsNoneAndIsReplacedByTheNextWrite()
    {
        foreach (
            var (i, damage) in (
                (string[])["", "not json", "null", "[]", "{\"Status\":", "{\"Status\":\"Open\",\"Entries\":7}", "\0\0\0\0"]
            ).Index()
        )
        {
            var name = ArtifactNames.State("ledger", "book", $"{i}");
            await _store.WriteOnceAsync(name, Encoding.UTF8.GetBytes(damage));

            (await Ledger($"{i}").ReadAsync()).Entries.ShouldBeEmpty(damage);
            (await Ledger($"{i}").AddAsync("one")).ShouldBe(1, damage);
            Encoding.UTF8.GetString((await _store.ReadAsync(name))!.Content.Span).ShouldBe("""{"Status":"Open","Entries":["one"]}""");
        }
    }

    [Fact]
    public async Task ReadStateAsync_FolderInARecordsPlace_CountsAsNoneAndIsReplacedByTheNextWrite()
    {
        var name = ArtifactNames.State("ledger", "book", "f");
        Directory.CreateDirectory(Path.Combine(_directory.Path, name, "below"));

        (await Ledger("f").ReadAsync()).Entries.ShouldBeEmpty();

        (await Ledger("f").AddAsync("one")).ShouldBe(1);
        File.ReadAllText(Path.Combine(_directory.Path, name)).ShouldBe("""{"Status":"Open","Entries":["one"]}""");
    }

    private static async Task<StoreException> StoreFailureOf(Func<Task> call) =>
        (await Should.ThrowAsync<OrleansException>(call)).InnerException.ShouldBeOfType<StoreException>();

    private ILedgerGrain Ledger(string key) => _cluster.Client.GetGrain<ILedgerGrain>(key);

    private async Task<InProcessTestCluster> StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddSingleton<IArtifactStore>(_store);
                silo.AddArtifactGrainStorage();
            }
        );
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
