using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace PmSFC.Storage;

/// <summary>A silo in a <see cref="MembershipRecord"/>.</summary>
internal sealed record MembershipRow
{
    /// <summary>The silo's address and generation.</summary>
    public required string Silo { get; init; }

    /// <summary>Made by the write that inserted the row or updated it last; heartbeats leave it.</summary>
    public required string ETag { get; init; }

    public required SiloStatus Status { get; init; }

    public string SiloName { get; init; } = "";

    public string HostName { get; init; } = "";

    public string? RoleName { get; init; }

    /// <summary>The gateway's port, 0 where the silo has none.</summary>
    public int ProxyPort { get; init; }

    public int UpdateZone { get; init; }

    public int FaultZone { get; init; }

    public DateTime StartTime { get; init; }

    public DateTime IAmAliveTime { get; init; }

    public ImmutableArray<MembershipSuspicion> Suspicions { get; init; } = [];

    public static MembershipRow Of(MembershipEntry entry, string etag) =>
        new()
        {
            Silo = entry.SiloAddress.ToParsableString(),
            ETag = etag,
            Status = entry.Status,
            SiloName = entry.SiloName,
            HostName = entry.HostName,
            RoleName = entry.RoleName,
            ProxyPort = entry.ProxyPort,
            UpdateZone = entry.UpdateZone,
            FaultZone = entry.FaultZone,
            StartTime = entry.StartTime,
            IAmAliveTime = entry.IAmAliveTime,
            Suspicions = [.. (entry.SuspectTimes ?? []).Select(vote => new MembershipSuspicion(vote.Item1.ToParsableString(), vote.Item2))],
        };

    public MembershipEntry ToEntry() =>
        new()
        {
            SiloAddress = SiloAddress.FromParsableString(Silo),
            Status = Status,
            SiloName = SiloName,
            HostName = HostName,
            RoleName = RoleName,
            ProxyPort = ProxyPort,
            UpdateZone = UpdateZone,
            FaultZone = FaultZone,
            StartTime = StartTime,
            IAmAliveTime = IAmAliveTime,
            SuspectTimes = [.. Suspicions.Select(vote => Tuple.Create(SiloAddress.FromParsableString(vote.By), vote.At))],
        };

    /// <summary>When the silo said last that it is alive.</summary>
    [JsonIgnore]
    public DateTime LastHeard => IAmAliveTime > StartTime ? IAmAliveTime : StartTime;

    /// <summary>Whether the silo is dead and nothing was heard of it since.</summary>
    public bool IsDefunct(DateTime before) =>
        Status == SiloStatus.Dead && Suspicions.Select(vote => vote.At).Append(LastHeard).Max() < before;
}
