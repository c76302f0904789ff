using System.Text.Json;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace PmSFC.Storage;

/// <summary>
/// The silos of a cluster as one artifact of the store, changed by compare-and-swap: where the store is, no other service is needed for silos to
/// find each other. A directory serves the processes of one machine.
/// </summary>
/// <remarks>
/// An insert or update fails where the table has another version than the one it was decided upon. A heartbeat changes its own time alone and never
/// fails for a rival's sake. A write that landed although its answer was lost is known by its row's ETag, so it counts as done.
/// <para>A silo that leaves while the store is away goes on with the table that it read last: Orleans would repeat its farewell for minutes, and the other
/// silos miss one that does not answer.</para>
/// </remarks>
public sealed class ArtifactMembershipTable(IArtifactStore store, IOptions<ClusterOptions> cluster) : IMembershipTable
{
    private readonly string _name = ArtifactNames.Membership(cluster.Value.ClusterId);

    private volatile MembershipRecord? _last;

    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) =>
        InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    /// <inheritdoc/>
    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        if (tryInitTableVersion)
            await store.WriteOnceAsync(_name, (MembershipRecord.Empty with { ETag = NewETag() }).ToJson(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    /// <inheritdoc/>
    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default) =>
        await store.DeleteAsync(ArtifactNames.Membership(clusterId), cancellationToken);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            table =>
                table.Rows.Any(row => row.IsDefunct(beforeDate.UtcDateTime))
                    ? table with
                    {
                        Rows = table.Rows.RemoveAll(row => row.IsDefunct(beforeDate.UtcDateTime)),
                    }
                    : table,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default)
    {
        var (table, _) = await ReadAsync(cancellationToken);
        return table.Find(key) is { } row ? Data(table, [row]) : Data(table, []);
    }

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var (table, _) = await ReadAsync(cancellationToken);
        return Data(table, table.Rows);
    }

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        InsertRowAsync(entry, tableVersion, CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default)
    {
        var inserted = MembershipRow.Of(entry, NewETag());
        return ChangeAsync(
            table =>
                table.Find(entry.SiloAddress) switch
                {
                    { } row => row.ETag == inserted.ETag ? table : null,
                    null => table.ETag == tableVersion.VersionEtag ? table.Next(tableVersion.Version, inserted) : null,
                },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> UpdateRowAsync(
        MembershipEntry entry,
        string etag,
        TableVersion tableVersion,
        CancellationToken cancellationToken = default
    )
    {
        var updated = MembershipRow.Of(entry, NewETag());
        return ChangeAsync(
            table =>
                table.Find(entry.SiloAddress) switch
                {
                    { } row when row.ETag == updated.ETag => table,
                    { } row when row.ETag == etag && table.ETag == tableVersion.VersionEtag => table.Next(tableVersion.Version, updated),
                    _ => null,
                },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    /// <inheritdoc/>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            table =>
                table.Find(entry.SiloAddress) is { } row && row.IAmAliveTime != entry.IAmAliveTime
                    ? table with
                    {
                        Rows = table.Rows.Replace(row, row with { IAmAliveTime = entry.IAmAliveTime }),
                    }
                    : table,
            cancellationToken
        );

    private static string NewETag() => Guid.NewGuid().ToString("n");

    private static MembershipTableData Data(MembershipRecord table, IEnumerable<MembershipRow> rows) =>
        new([.. rows.Select(row => Tuple.Create(row.ToEntry(), row.ETag))], new TableVersion(table.Version, table.ETag));

    /// <summary>Changes the stored table; of two changes at once, the later one is decided again.</summary>
    /// <param name="change">The table after the change, the same where there is nothing to do, or null to refuse.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the change was refused.</returns>
    private async Task<bool> ChangeAsync(Func<MembershipRecord, MembershipRecord?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (table, etag) = await ReadAsync(cancellationToken);
            var changed = change(table);
            if (changed is null)
                return false;
            if (ReferenceEquals(changed, table))
                return true;
            if (await IsReplacedAsync(changed, etag, cancellationToken))
                return true;
        }
    }

    private async Task<bool> IsReplacedAsync(MembershipRecord changed, string? etag, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReplaceAsync(_name, changed.ToJson(), etag, cancellationToken) is not null;
        }
        catch (StoreException failure) when (IsAwayAtTheEnd(failure))
        {
            _last = changed;
            return true;
        }
    }

    private bool IsAwayAtTheEnd(StoreException failure) =>
        failure.Kind == StoreFailure.Unavailable && store.Patience.Leaving.IsCancellationRequested && _last is not null;

    private async Task<(MembershipRecord Table, string? ETag)> ReadAsync(CancellationToken cancellationToken)
    {
        Artifact? artifact;
        try
        {
            artifact = await store.ReadAsync(_name, cancellationToken);
        }
        catch (StoreException failure) when (IsAwayAtTheEnd(failure))
        {
            return (_last!, null);
        }

        if (artifact is null)
            return (MembershipRecord.Empty, null);
        try
        {
            var table = MembershipRecord.FromJson(artifact.Content.Span, _name);
            _last = table;
            return (table, artifact.ETag);
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreFailure.Damaged,
                $"{_name} in the store ({store.Description}) is not a membership table ({ArtifactFormat.Reason(artifact.Content.Span, e)}): stop the cluster's silos, delete it, "
                    + "and start them again.",
                e
            );
        }
    }
}
