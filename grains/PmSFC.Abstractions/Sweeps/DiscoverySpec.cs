using System.Collections.Immutable;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>How a method's subspaces are found, as written: settings with several values span a grid of cells.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DiscoverySpec")]
public sealed record DiscoverySpec
{
    /// <summary>Name of the discovery, for example <c>self-expressive</c>.</summary>
    [Id(0)]
    public required string Method { get; init; }

    /// <summary>Preset that fills in what <see cref="Settings"/> leaves out, or null for the discovery's defaults.</summary>
    [Id(1)]
    public string? Preset { get; init; }

    /// <summary>Values to try for each setting, one or more.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Settings { get; init; }

    /// <summary>Seeds to try, or empty for the sweep's own.</summary>
    [Id(3)]
    public ImmutableArray<long> Seeds { get; init; } = [];

    /// <summary>The discovery whose cluster sizes a random partition copies, or null.</summary>
    [Id(4)]
    public DiscoverySpec? SizesOf { get; init; }
}
