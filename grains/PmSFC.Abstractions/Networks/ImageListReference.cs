namespace PmSFC.Abstractions.Networks;

/// <summary>A stored list of images to learn from.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.ImageListReference")]
public sealed record ImageListReference
{
    /// <summary>Content id of the list.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Number of its images.</summary>
    [Id(1)]
    public required int Count { get; init; }
}
