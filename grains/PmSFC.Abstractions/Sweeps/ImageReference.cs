using System.Text.Json.Serialization;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>A prepared target image: its content id, under which it is stored, and its name for people.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.ImageReference")]
public sealed record ImageReference
{
    /// <summary>Content id of the prepared pixels.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>File name without folders and extension, or with as much of these as tells it from the sweep's others; for people, not part of any id.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>What was done to the file's pixels, for people; null where they are used as they are. Not part of any id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(2)]
    public string? Note { get; init; }
}
