using System.Collections.Immutable;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>How a method's network is trained, as written: settings with several values span a grid of cells. The method says of which kind it is.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.TrainingSpec")]
public sealed record TrainingSpec
{
    /// <summary>Preset that fills in what <see cref="Settings"/> leaves out, or null for the training's defaults.</summary>
    [Id(0)] public string? Preset { get; init; }

    /// <summary>Values to try for each setting, one or more.</summary>
    [Id(1)] public required ImmutableSortedDictionary<string, ImmutableArray<string>> Settings { get; init; }

    /// <summary>Seeds to try, or empty for the sweep's own.</summary>
    [Id(2)] public ImmutableArray<long> Seeds { get; init; } = [];
}
