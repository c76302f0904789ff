using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Json;
using PmSFC.Storage;

namespace PmSFC.Client.ImageSets;

/// <summary>
/// Image files under a name, stored as <c>image-sets/{name}.json</c> with a seal. The files themselves are stored as they were, so that a set serves
/// generators of any resolution and gives the same targets as its folder.
/// </summary>
public sealed record StoredImageSet
{
    /// <summary>The set's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its images in the order in which a sweep takes them, one or more. Files of one content are listed each and stored once.</summary>
    public required ImmutableArray<ImageSetMember> Images { get; init; }

    /// <summary>The id of what the set holds, which its name is no part of: two sets with one id have the same files under the same names in the same order.</summary>
    [JsonIgnore]
    public string Id =>
        Images.Aggregate(new ContentId("image-set"), (id, image) => id.With("file", image.File).With("content", image.Id)).ToString();

    /// <summary>Length of all files together, as they were in the folder.</summary>
    [JsonIgnore]
    public long Bytes => Images.Sum(image => image.Bytes);

    /// <summary>The record with its seal.</summary>
    public byte[] ToArtifact() => ArtifactSeal.Close(ArtifactJson.Write(this));

    /// <summary>Reads a record.</summary>
    /// <param name="artifact">What is stored.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="store">Where it is, for messages.</param>
    /// <exception cref="StoreException">It is damaged, another set's, or of a later format.</exception>
    public static StoredImageSet Read(Artifact artifact, string name, IArtifactStore store)
    {
        var artifactName = ArtifactNames.ImageSet(name);
        try
        {
            var set = ArtifactFormat.Read<StoredImageSet>(artifact.Content.Span, artifactName);
            if (ArtifactSeal.Of(artifact.Content.Span).State != SealState.Intact)
                throw Damaged("it has changed since it was stored");
            if (set.Name != name)
                throw Damaged($"it is that of '{set.Name}'");
            return set.Images.IsDefaultOrEmpty ? throw Damaged("it has no images") : set;
        }
        catch (JsonException e)
        {
            throw Damaged(ArtifactFormat.Reason(artifact.Content.Span, e), e);
        }

        StoreException Damaged(string reason, Exception? cause = null) =>
            new(
                StoreFailure.Damaged,
                $"{artifactName} in {store.Description} is not the record of the image set '{name}' ({reason}); write it again with "
                    + $"'images import FOLDER --name {name} --replace', where FOLDER has the set's images.",
                cause
            );
    }
}
