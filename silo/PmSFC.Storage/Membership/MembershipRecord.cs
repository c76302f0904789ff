using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PmSFC.Storage;

/// <summary>A membership table as it is stored: all of it in one artifact, so that its version and its rows change together.</summary>
internal sealed record MembershipRecord
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The table before anything is stored.</summary>
    public static MembershipRecord Empty { get; } =
        new()
        {
            Version = 0,
            ETag = "none",
            Rows = [],
        };

    /// <summary>Grows by one with every inserted or updated row.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// Another with every version. It is not the artifact's own ETag, which changes with every heartbeat too: a silo that has read the table may
    /// update it although others have said meanwhile that they are alive.
    /// </summary>
    public required string ETag { get; init; }

    /// <summary>A row for each silo.</summary>
    public required ImmutableArray<MembershipRow> Rows { get; init; }

    /// <exception cref="JsonException">The bytes are no table.</exception>
    /// <exception cref="StoreException">The table is of a later format: to change it would be to lose what is not known of it.</exception>
    public static MembershipRecord FromJson(ReadOnlySpan<byte> json, string name)
    {
        ArtifactFormat.Check(json, name);
        return JsonSerializer.Deserialize<MembershipRecord>(json, Json) ?? throw new JsonException("The table is null.");
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public MembershipRow? Find(SiloAddress silo)
    {
        var text = silo.ToParsableString();
        return Rows.FirstOrDefault(row => row.Silo == text);
    }

    /// <summary>The next version of the table, with a row put in the place of its silo's former one.</summary>
    public MembershipRecord Next(int version, MembershipRow row) =>
        this with
        {
            Version = version,
            ETag = row.ETag,
            Rows = [.. Rows.Where(other => other.Silo != row.Silo), row],
        };
}
