using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace PmSFC.Storage.Tests.Formats;

/// <summary>In a rolling update silos of two versions share one table.</summary>
public sealed class MembershipFormatTests : IDisposable
{
    private const string File = "membership.json";

    private static readonly string Name = ArtifactNames.Membership("night");

    private static readonly DateTime At = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void ToJson_Table_IsTheFile()
    {
        var (dead, alive) = (Silo(11111), Silo(11112));
        var entry = new MembershipEntry
        {
            SiloAddress = dead,
            Status = SiloStatus.Dead,
            SiloName = "one",
            HostName = "host",
            RoleName = "role",
            ProxyPort = 30000,
            UpdateZone = 1,
            FaultZone = 2,
            StartTime = At,
            IAmAliveTime = At.AddSeconds(1),
            SuspectTimes = [Tuple.Create(alive, At.AddSeconds(2))],
        };
        var table = MembershipRecord
            .Empty.Next(1, MembershipRow.Of(entry, "first"))
            .Next(
                2,
                MembershipRow.Of(
                    new MembershipEntry
                    {
                        SiloAddress = alive,
                        Status = SiloStatus.Active,
                        SiloName = "two",
                        HostName = "host",
                        StartTime = At,
                        IAmAliveTime = At,
                    },
                    "second"
                )
            );

        GoldenFile.ShouldHold(File, table.ToJson());
        MembershipRecord.FromJson(GoldenFile.Read(File), File).ToJson().ShouldBe(GoldenFile.Read(File));
    }

    [Fact]
    public async Task ReadAll_TableOfTheFile_GivesItsSilos()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        await store.WriteOnceAsync(Name, GoldenFile.Read(File));

        var data = await Table(store).ReadAll();

        data.Version.Version.ShouldBe(2);
        data.Members.Select(member => (member.Item1.SiloAddress, member.Item1.Status, member.Item1.ProxyPort, member.Item2))
            .ShouldBe([(Silo(11111), SiloStatus.Dead, 30000, "first"), (Silo(11112), SiloStatus.Active, 0, "second")], ignoreOrder: true);
        data.Members.Single(member => member.Item2 == "first")
            .Item1.SuspectTimes.ShouldHaveSingleItem()
            .ShouldBe(Tuple.Create(Silo(11112), At.AddSeconds(2)));
    }

    [Fact]
    public async Task InsertRow_TableOfALaterFormat_IsRefusedAndLeavesItAsItIs()
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        var later = """{"Format":2,"Silos":{}}"""u8.ToArray();
        await store.WriteOnceAsync(Name, later);

        var refusal = await Should.ThrowAsync<StoreException>(() =>
            Table(store).InsertRow(new MembershipEntry { SiloAddress = Silo(1) }, new TableVersion(1, "none"))
        );

        refusal.Message.ShouldStartWith($"{Name} is of format 2, which a later version of this product wrote");
        Encoding.UTF8.GetString((await store.ReadAsync(Name))!.Content.Span).ShouldBe(Encoding.UTF8.GetString(later));
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 5);

    private static ArtifactMembershipTable Table(IArtifactStore store) =>
        new(store, Options.Create(new ClusterOptions { ClusterId = "night" }));
}
