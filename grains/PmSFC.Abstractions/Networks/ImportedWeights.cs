using System.Collections.Immutable;

namespace PmSFC.Abstractions.Networks;

/// <summary>A file of weights that its kind's reader has read: a network that is not trained.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.ImportedWeights")]
public sealed record ImportedWeights
{
    /// <summary>Name of the file without folders, for people.</summary>
    [Id(0)]
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file in hexadecimal, for people.</summary>
    [Id(1)]
    public required string Sha256 { get; init; }

    /// <summary>Content id of the weights as they are stored.</summary>
    [Id(2)]
    public required string ContentId { get; init; }

    /// <summary>The network's sizes, as settings in canonical text.</summary>
    [Id(3)]
    public required ImmutableSortedDictionary<string, string> Sizes { get; init; }

    /// <summary>Whether the file says that a training of this product wrote it, so that the weights are not their authors'.</summary>
    [Id(4)]
    public bool TrainedHere { get; init; }
}
