using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>
/// How a method's network comes to be, as written: settings with several values span a grid of cells, or there are weights and nothing is trained.
/// The method says of which kind it is.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.TrainingSpec")]
public sealed record TrainingSpec
{
    /// <summary>Preset that fills in what <see cref="Settings"/> leaves out, or null for the training's defaults.</summary>
    [Id(0)]
    public string? Preset { get; init; }

    /// <summary>Values to try for each setting, one or more.</summary>
    [Id(1)]
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Settings { get; init; }

    /// <summary>Seeds to try, or empty for the sweep's own.</summary>
    [Id(2)]
    public ImmutableArray<long> Seeds { get; init; } = [];

    /// <summary>Images to learn from, or null for the generator's samples.</summary>
    [Id(3)]
    public ImageListReference? Images { get; init; }

    /// <summary>Weights that make training needless, or null. The other members are empty where there are some.</summary>
    [Id(4)]
    public ImportedWeights? Weights { get; init; }
}
