using System.Collections.Immutable;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>One entry of a sweep's methods, as written: settings with several values span a grid of cells.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.MethodSpec")]
public sealed record MethodSpec
{
    /// <summary>Name of the inversion method.</summary>
    [Id(0)]
    public required string Method { get; init; }

    /// <summary>Name of the row, or null for one that is made of the method and what varies.</summary>
    [Id(1)]
    public string? Label { get; init; }

    /// <summary>Preset that fills in what <see cref="Settings"/> leaves out, or null for the method's defaults.</summary>
    [Id(2)]
    public string? Preset { get; init; }

    /// <summary>Values to try for each setting, one or more.</summary>
    [Id(3)]
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Settings { get; init; }

    /// <summary>How the subspaces are found, or null for a method that uses none or for the default discovery.</summary>
    [Id(4)]
    public DiscoverySpec? Subspaces { get; init; }

    /// <summary>How the network is trained, or null for a method that uses none or for the preset <c>tuned</c>.</summary>
    [Id(5)]
    public TrainingSpec? Network { get; init; }
}
