using System.Collections.Immutable;
using PmSFC.Abstractions.Identity;

namespace PmSFC.Abstractions.Networks;

/// <summary>
/// Prepared images to learn from, stored as <c>image-lists/{id}.json</c>, so that a network that needs thousands of images carries one id. The order in
/// which the images were found is no part of it.
/// </summary>
public sealed record ImageList
{
    /// <summary>Content ids of the images, each once, in ordinal order.</summary>
    public required ImmutableArray<string> Ids { get; init; }

    /// <summary>The list's id.</summary>
    public string Id => Ids.Aggregate(new ContentId("image-list"), (id, image) => id.With("image", image)).ToString();

    /// <summary>What a spec says of the list.</summary>
    public ImageListReference Reference => new() { Id = Id, Count = Ids.Length };

    /// <summary>The list of images in any order.</summary>
    public static ImageList Of(IEnumerable<string> ids) => new() { Ids = [.. ids.Distinct().Order(StringComparer.Ordinal)] };
}
