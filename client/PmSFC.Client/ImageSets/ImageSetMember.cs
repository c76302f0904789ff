namespace PmSFC.Client.ImageSets;

/// <summary>An image of a set.</summary>
public sealed record ImageSetMember
{
    /// <summary>The file's name in the folder that the set was imported from.</summary>
    public required string File { get; init; }

    /// <summary>Content id of the whole file as it was, under which the store has it; not that of the prepared pixels, which depend on the generator.</summary>
    public required string Id { get; init; }

    /// <summary>Length of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Columns of the picture, upright.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the picture, upright.</summary>
    public required int Height { get; init; }
}
