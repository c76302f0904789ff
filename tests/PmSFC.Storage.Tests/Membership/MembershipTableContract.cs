using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace PmSFC.Storage.Tests;

/// <summary>What silos ask of a membership table, over every store.</summary>
public abstract class MembershipTableContract
{
    private static readonly DateTime Start = new(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Utc);

    /// <summary>The store under the table, empty at the start of each test.</summary>
    protected abstract IArtifactStore Store { get; }

    private ArtifactMembershipTable Table => field ??= Open();

    [ProviderFact]
    public async Task ReadAll_BeforeAnySilo_IsVersionZero()
    {
        (await Table.ReadAll()).Version.Version.ShouldBe(0);

        await Table.InitializeMembershipTable(tryInitTableVersion: true);

        var table = await Table.ReadAll();
        table.Version.Version.ShouldBe(0);
        table.Version.VersionEtag.ShouldNotBeNullOrEmpty();
        table.Members.ShouldBeEmpty();
    }

    [ProviderFact]
    public async Task Initialize_TableInUse_LeavesIt()
    {
        await Insert(Silo(1));
        var before = await Table.ReadAll();

        await Open().InitializeMembershipTable(tryInitTableVersion: true);

        (await Table.ReadAll()).Version.ShouldBe(before.Version);
    }

    [ProviderFact]
    public async Task InsertRow_NewSilo_IsReadBackWhole()
    {
        var silo = Silo(1, IPAddress.Parse("fe80::1"));
        silo.AddSuspector(Silo(2).SiloAddress, Start.AddMinutes(3));

        (await Insert(silo)).ShouldBeTrue();

        var table = await Open().ReadAll();
        table.Version.Version.ShouldBe(1);
        var (read, etag) = table.Members.ShouldHaveSingleItem();
        etag.ShouldNotBeNullOrEmpty();
        read.ToFullString().ShouldBe(silo.ToFullString());
        read.SiloAddress.ShouldBe(silo.SiloAddress);
        (read.SiloName, read.HostName, read.RoleName).ShouldBe((silo.SiloName, silo.HostName, silo.RoleName));
        (read.ProxyPort, read.UpdateZone, read.FaultZone).ShouldBe((silo.ProxyPort, silo.UpdateZone, silo.FaultZone));
        (read.StartTime, read.IAmAliveTime).ShouldBe((silo.StartTime, silo.IAmAliveTime));
        read.SuspectTimes.ShouldBe(silo.SuspectTimes);
    }

    [ProviderFact]
    public async Task InsertRow_SameSiloAgain_IsRefused()
    {
        await Insert(Silo(1));

        (await Insert(Silo(1))).ShouldBeFalse();

        (await Table.ReadAll()).Version.Version.ShouldBe(1);
    }

    [ProviderFact]
    public async Task InsertRow_StaleVersion_IsRefusedAndChangesNothing()
    {
        var stale = (await Table.ReadAll()).Version.Next();
        await Insert(Silo(1));

        (await Table.InsertRow(Silo(2), stale)).ShouldBeFalse();

        var table = await Table.ReadAll();
        table.Version.Version.ShouldBe(1);
        table.Members.ShouldHaveSingleItem().Item1.SiloAddress.ShouldBe(Silo(1).SiloAddress);
    }

    [ProviderFact]
    public async Task UpdateRow_Current_ReplacesTheRowAndBothETags()
    {
        await Insert(Silo(1));
        var before = await Table.ReadRow(Silo(1).SiloAddress);

        (await Table.UpdateRow(Silo(1, status: SiloStatus.Active), before.Members[0].Item2, before.Version.Next())).ShouldBeTrue();

        var after = await Table.ReadRow(Silo(1).SiloAddress);
        after.Members[0].Item1.Status.ShouldBe(SiloStatus.Active);
        after.Members[0].Item2.ShouldNotBe(before.Members[0].Item2);
        after.Version.Version.ShouldBe(2);
        after.Version.VersionEtag.ShouldNotBe(before.Version.VersionEtag);
    }

    [ProviderFact]
    public async Task UpdateRow_UnknownSilo_IsRefused()
    {
        await Insert(Silo(1));
        var (_, etag) = (await Table.ReadAll()).Members[0];

        (await Table.UpdateRow(Silo(2), etag, (await Table.ReadAll()).Version.Next())).ShouldBeFalse();

        (await Table.ReadAll()).Version.Version.ShouldBe(1);
    }

    [ProviderFact]
    public async Task UpdateRow_StaleVersion_IsRefusedAndChangesNothing()
    {
        await Insert(Silo(1));
        var before = await Table.ReadRow(Silo(1).SiloAddress);
        await Insert(Silo(2));

        (await Table.UpdateRow(Silo(1, status: SiloStatus.Dead), before.Members[0].Item2, before.Version.Next())).ShouldBeFalse();

        var after = await Table.ReadRow(Silo(1).SiloAddress);
        after.Version.Version.ShouldBe(2);
        after.Members[0].Item1.Status.ShouldBe(SiloStatus.Joining);
    }

    [ProviderFact]
    public async Task UpdateRow_StaleRowETag_IsRefusedAndChangesNothing()
    {
        await Insert(Silo(1));
        var before = await Table.ReadRow(Silo(1).SiloAddress);
        await Table.UpdateRow(Silo(1, status: SiloStatus.Active), before.Members[0].Item2, before.Version.Next());
        var current = (await Table.ReadAll()).Version;

        (await Table.UpdateRow(Silo(1, status: SiloStatus.Dead), before.Members[0].Item2, current.Next())).ShouldBeFalse();

        (await Table.ReadRow(Silo(1).SiloAddress)).Members[0].Item1.Status.ShouldBe(SiloStatus.Active);
    }

    [ProviderFact]
    public async Task UpdateIAmAlive_ChangesThatTimeAlone_AndStalesNobodysReading()
    {
        await Insert(Silo(1));
        await Insert(Silo(2));
        var before = await Table.ReadRow(Silo(1).SiloAddress);
        var heartbeat = Silo(1, status: SiloStatus.Dead);
        heartbeat.IAmAliveTime = Start.AddMinutes(7);

        await Open().UpdateIAmAlive(heartbeat);

        var after = await Table.ReadRow(Silo(1).SiloAddress);
        after.Version.ShouldBe(before.Version);
        after.Members[0].Item1.IAmAliveTime.ShouldBe(Start.AddMinutes(7));
        after.Members[0].Item1.Status.ShouldBe(SiloStatus.Joining);
        (await Table.UpdateRow(Silo(1, status: SiloStatus.Active), before.Members[0].Item2, before.Version.Next())).ShouldBeTrue();
    }

    [ProviderFact]
    public async Task UpdateIAmAlive_UnknownSilo_AddsNone()
    {
        await Insert(Silo(1));

        await Table.UpdateIAmAlive(Silo(2));

        (await Table.ReadAll()).Members.ShouldHaveSingleItem();
    }

    [ProviderFact]
    public async Task ReadRow_UnknownSilo_TellsTheVersionAlone()
    {
        await Insert(Silo(1));

        var table = await Table.ReadRow(Silo(2).SiloAddress);

        table.Members.ShouldBeEmpty();
        table.Version.ShouldBe((await Table.ReadAll()).Version);
    }

    [ProviderFact]
    public async Task CleanupDefunctSiloEntries_TakesDeadSilosThatNobodySpokeOfSince()
    {
        var suspectedLately = Silo(3, status: SiloStatus.Dead);
        suspectedLately.AddSuspector(Silo(1).SiloAddress, Start.AddHours(2));
        foreach (var silo in new[] { Silo(1, status: SiloStatus.Active), Silo(2, status: SiloStatus.Dead), suspectedLately })
            await Insert(silo);
        var version = (await Table.ReadAll()).Version;

        await Table.CleanupDefunctSiloEntries(new DateTimeOffset(Start.AddHours(1), TimeSpan.Zero));

        var table = await Table.ReadAll();
        table.Members.Select(member => member.Item1.SiloAddress).ShouldBe([Silo(1).SiloAddress, Silo(3).SiloAddress], ignoreOrder: true);
        table.Version.ShouldBe(version);
    }

    [ProviderFact]
    public async Task DeleteMembershipTableEntries_TakesOneClusterAlone()
    {
        await Insert(Silo(1));
        var other = Open("Other cluster");
        await other.InsertRow(Silo(2), (await other.ReadAll()).Version.Next());

        await Table.DeleteMembershipTableEntries("test");

        (await Table.ReadAll()).Members.ShouldBeEmpty();
        (await other.ReadAll()).Members.ShouldHaveSingleItem();
        (await Insert(Silo(3))).ShouldBeTrue();
    }

    [ProviderFact]
    public async Task InsertRow_ManySilosOnOneVersion_ExactlyOneIsIn()
    {
        var version = (await Table.ReadAll()).Version.Next();

        var inserted = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => Open().InsertRow(Silo(i), version))));

        inserted.Count(one => one).ShouldBe(1);
        var winner = Silo(1 + Array.IndexOf(inserted, true)).SiloAddress;
        (await Table.ReadAll()).Members.ShouldHaveSingleItem().Item1.SiloAddress.ShouldBe(winner);
    }

    [ProviderFact]
    public async Task AllAtOnce_JoinsAndHeartbeats_LoseNoRowAndNoVersion()
    {
        const int Silos = 6;

        await Task.WhenAll(Enumerable.Range(1, Silos).Select(i => Task.Run(() => Live(i))));

        var table = await Table.ReadAll();
        table.Members.Select(member => member.Item1.SiloAddress.Generation).Order().ShouldBe(Enumerable.Range(1, Silos));
        table.Members.ShouldAllBe(member => member.Item1.Status == SiloStatus.Active && member.Item1.IAmAliveTime == Start.AddSeconds(5));
        table.Version.Version.ShouldBe(2 * Silos);

        async Task Live(int i)
        {
            var mine = Open();
            while (!await mine.InsertRow(Silo(i), (await mine.ReadAll()).Version.Next())) { }

            for (var beat = 1; beat <= 5; beat++)
            {
                var entry = Silo(i);
                entry.IAmAliveTime = Start.AddSeconds(beat);
                await mine.UpdateIAmAlive(entry);
            }

            MembershipTableData read;
            var active = Silo(i, status: SiloStatus.Active);
            active.IAmAliveTime = Start.AddSeconds(5);
            do read = await mine.ReadRow(active.SiloAddress);
            while (!await mine.UpdateRow(active, read.Members[0].Item2, read.Version.Next()));
        }
    }

    [ProviderFact]
    public async Task Gateways_AreThoseOfActiveSilosWithAGateway()
    {
        var closed = Silo(3, status: SiloStatus.Active);
        closed.ProxyPort = 0;
        foreach (var silo in new[] { Silo(1, status: SiloStatus.Active), Silo(2), closed })
            await Insert(silo);

        var gateways = await Gateways().GetGateways();

        gateways.ShouldBe([new Uri("gwy.tcp://127.0.0.1:30001/1")]);
        Gateways().IsUpdatable.ShouldBeTrue();
        Gateways().MaxStaleness.ShouldBe(TimeSpan.FromSeconds(17));
    }

    /// <summary>The table as another silo would open it.</summary>
    protected ArtifactMembershipTable Open(string cluster = "test") => new(Store, Cluster(cluster));

    private static IOptions<ClusterOptions> Cluster(string id) => Options.Create(new ClusterOptions { ClusterId = id, ServiceId = "test" });

    private static MembershipEntry Silo(int number, IPAddress? address = null, SiloStatus status = SiloStatus.Joining) =>
        new()
        {
            SiloAddress = SiloAddress.New(address ?? IPAddress.Loopback, 11000 + number, number),
            Status = status,
            SiloName = $"silo-{number}",
            HostName = "host",
            RoleName = "role",
            ProxyPort = 30000 + number,
            UpdateZone = 1,
            FaultZone = 2,
            StartTime = Start,
            IAmAliveTime = Start,
        };

    private ArtifactGatewayList Gateways() =>
        new(Store, Cluster("test"), Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(17) }));

    private async Task<bool> Insert(MembershipEntry silo) => await Table.InsertRow(silo, (await Table.ReadAll()).Version.Next());
}
