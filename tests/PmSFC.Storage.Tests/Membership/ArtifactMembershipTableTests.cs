using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace PmSFC.Storage.Tests;

public sealed class ArtifactMembershipTableTests : IDisposable
{
    private static readonly MembershipEntry Silo = new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Parse("10.0.0.7"), 11111, 42),
        Status = SiloStatus.Active,
        SiloName = "silo",
        HostName = "host",
        ProxyPort = 30000,
        StartTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(2026, 1, 2, 3, 5, 5, DateTimeKind.Utc),
    };

    private readonly TemporaryDirectory _directory = new();
    private readonly DirectoryArtifactStore _store;

    public ArtifactMembershipTableTests() => _store = new DirectoryArtifactStore(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task InsertRow_RecordIsJsonWithTheseNames()
    {
        var table = Open(_store);
        await table.InsertRow(Silo, (await table.ReadAll()).Version.Next());

        var json = Encoding.UTF8.GetString((await _store.ReadAsync("membership/test.json")).ShouldNotBeNull().Content.Span);

        var etag = (await table.ReadAll()).Version.VersionEtag;
        json.ShouldBe(
            $$"""
            {"Version":1,"ETag":"{{etag}}","Rows":[{"Silo":"10.0.0.7:11111@42","ETag":"{{etag}}","Status":"Active","SiloName":"silo","HostName":"host",
            "ProxyPort":30000,"UpdateZone":0,"FaultZone":0,"StartTime":"2026-01-02T03:04:05Z","IAmAliveTime":"2026-01-02T03:05:05Z","Suspicions":[]}]}
            """.ReplaceLineEndings("")
        );
    }

    [Fact]
    public async Task ReadAll_RecordOfANewerVersionWithMoreFields_IsRead()
    {
        await _store.WriteOnceAsync(
            "membership/test.json",
            """{"Version":7,"ETag":"e","New":1,"Rows":[{"Silo":"10.0.0.7:11111@42","ETag":"r","Status":"Dead","New":[]}]}"""u8.ToArray()
        );

        var table = await Open(_store).ReadAll();

        table.Version.ShouldBe(new TableVersion(7, "e"));
        table.Members.ShouldHaveSingleItem().Item1.Status.ShouldBe(SiloStatus.Dead);
    }

    [Fact]
    public async Task UpdateRow_StoreAwayWhileTheSiloLeaves_GoesOnWithTheTableThatWasReadLast()
    {
        using var leaving = new CancellationTokenSource();
        var store = new SwitchableStore(_store) { Patience = new StorePatience { Leaving = leaving.Token } };
        var table = Open(store);
        await table.InsertRow(Silo, (await table.ReadAll()).Version.Next());
        var read = await table.ReadAll();
        store.Failure = new StoreException(StoreFailure.Unavailable, "it is away.");
        await Should.ThrowAsync<StoreException>(() => table.ReadAll());

        await leaving.CancelAsync();

        (await table.ReadAll()).Version.ShouldBe(read.Version);
        (await table.UpdateRow(With(SiloStatus.ShuttingDown), read.Members[0].Item2, read.Version.Next())).ShouldBeTrue();
        var left = await table.ReadAll();
        left.Members.ShouldHaveSingleItem().Item1.Status.ShouldBe(SiloStatus.ShuttingDown);
        (await table.UpdateRow(With(SiloStatus.Dead), read.Members[0].Item2, read.Version.Next())).ShouldBeFalse(
            "the row has changed meanwhile"
        );
        (await table.UpdateRow(With(SiloStatus.Dead), left.Members[0].Item2, left.Version.Next())).ShouldBeTrue();
        (await Open(_store).ReadAll()).Members.ShouldHaveSingleItem().Item1.Status.ShouldBe(SiloStatus.Active);
    }

    [Fact]
    public async Task ReadAll_RecordIsNotJson_SaysWhichRecord()
    {
        await _store.WriteOnceAsync("membership/test.json", "not json"u8.ToArray());

        var failure = await Should.ThrowAsync<StoreException>(() => Open(_store).ReadAll());

        failure.Kind.ShouldBe(StoreFailure.Damaged);
        failure.Message.ShouldContain("membership/test.json");
    }

    [Fact]
    public async Task InsertRow_HeartbeatBetweenReadAndWrite_StillLands()
    {
        var table = Open(_store);
        await table.InsertRow(Silo, (await table.ReadAll()).Version.Next());
        var meddled = new MeddledStore(_store, async () =>
        {
            var beat = (await table.ReadAll()).Members[0].Item1;
            beat.IAmAliveTime += TimeSpan.FromSeconds(1);
            await table.UpdateIAmAlive(beat);
        });
        var second = (await table.ReadAll()).Members[0].Item1;
        second.SiloAddress = SiloAddress.New(IPAddress.Loopback, 1, 1);

        (await Open(meddled).InsertRow(second, (await table.ReadAll()).Version.Next())).ShouldBeTrue();

        var read = await table.ReadAll();
        read.Members.Count.ShouldBe(2);
        read.TryGet(Silo.SiloAddress).ShouldNotBeNull().Item1.IAmAliveTime.ShouldBe(Silo.IAmAliveTime + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task InsertRow_AnswerLostAndAHeartbeatSince_CountsAsDone()
    {
        var table = Open(_store);
        var forgetful = new MeddledStore(_store, beforeWrite: null)
        {
            LoseFirstAnswer = async () =>
            {
                var beat = (await table.ReadAll()).Members[0].Item1;
                beat.IAmAliveTime += TimeSpan.FromSeconds(1);
                await table.UpdateIAmAlive(beat);
            },
        };

        (await Open(forgetful).InsertRow(Silo, (await table.ReadAll()).Version.Next())).ShouldBeTrue();

        (await table.ReadAll()).Version.Version.ShouldBe(1);
    }

    private static ArtifactMembershipTable Open(IArtifactStore store) =>
        new(store, Options.Create(new ClusterOptions { ClusterId = "test", ServiceId = "test" }));

    private static MembershipEntry With(SiloStatus status) =>
        new()
        {
            SiloAddress = Silo.SiloAddress,
            Status = status,
            SiloName = Silo.SiloName,
            HostName = Silo.HostName,
            ProxyPort = Silo.ProxyPort,
            StartTime = Silo.StartTime,
            IAmAliveTime = Silo.IAmAliveTime,
        };
}
