using System.Collections.Immutable;
using System.Text.Json;
using PmSFC.Abstractions.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Silo.Generators;

/// <summary>What a store has of a generator, whose id is the hash of its files.</summary>
internal static class StoredGenerator
{
    /// <summary>What brings a generator back: the rest of a sentence, without its full stop.</summary>
    public const string Advice =
        "import its files again with 'generators import FILE --name NAME', and with --perceptual, --truncation and --noise as it was imported";

    /// <summary>The generator's id by the hashes of its files.</summary>
    public static string IdOf(ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte>? perceptual) =>
        GeneratorId.Of(Sha256Text.Of(weights.Span), perceptual is { } content ? Sha256Text.Of(content.Span) : null);

    /// <summary>The card that an artifact holds; null where it is damaged or another generator's.</summary>
    public static GeneratorCard? ReadCard(ReadOnlySpan<byte> content, string id)
    {
        try
        {
            return
                ArtifactFormat.Read<GeneratorCard>(content, ArtifactNames.GeneratorCard(id)) is { } card
                && card.Id == id
                && ArtifactSeal.Of(content).State != SealState.Broken
                ? card
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with a stored generator.</summary>
    public static async Task<ImmutableArray<ArtifactFault>> CheckAsync(
        IArtifactStore store,
        EngineCatalog engine,
        string id,
        CancellationToken cancellationToken
    )
    {
        var faults = ImmutableArray.CreateBuilder<ArtifactFault>();
        var (cardName, weightsName, perceptualName, thumbnailName) = (
            ArtifactNames.GeneratorCard(id),
            ArtifactNames.GeneratorWeights(id),
            ArtifactNames.GeneratorPerceptual(id),
            ArtifactNames.GeneratorThumbnail(id)
        );
        var (stored, weights, perceptual) = (await ReadAsync(cardName), await ReadAsync(weightsName), await ReadAsync(perceptualName));
        var card = stored is null ? null : ReadCard(stored.Value.Span, id);
        if (stored is null)
            faults.Add(ArtifactFault.Missing(cardName));
        else if (card is null)
            faults.Add(new ArtifactFault(cardName, FaultKind.Damaged, "is not this generator's card"));
        if (weights is null)
            faults.Add(ArtifactFault.Missing(weightsName));
        if (perceptual is null && card?.Perceptual is not null)
            faults.Add(ArtifactFault.Missing(perceptualName));
        var needed = card is { Perceptual: null } ? null : perceptual;
        if (weights is not null && (needed is not null || card?.Perceptual is null) && IdOf(weights.Value, needed) != id)
        {
            var seal = card is null ? null : ArtifactSeal.Of(stored!.Value.Span);
            var isPerceptual =
                needed is { } network
                && (seal?.Proves("weights.safetensors", weights.Value.Span) ?? CanBeUsed(engine, weights.Value, network));
            faults.Add(
                new ArtifactFault(
                    isPerceptual ? perceptualName : weightsName,
                    FaultKind.Damaged,
                    "does not fit the generator's id, which is the hash of its files"
                )
            );
        }

        if (await ReadAsync(thumbnailName) is { } thumbnail && !IsImage(thumbnail.Span))
            faults.Add(new ArtifactFault(thumbnailName, FaultKind.Damaged, "is damaged"));
        return faults.ToImmutable();

        async Task<ReadOnlyMemory<byte>?> ReadAsync(string name) => (await store.ReadAsync(name, cancellationToken))?.Content;
    }

    /// <summary>Whether bytes are an image at all.</summary>
    public static bool IsImage(ReadOnlySpan<byte> content)
    {
        try
        {
            return ImageFile.Decode(content, "the picture").Image.Width > 0;
        }
        catch (ImageException)
        {
            return false;
        }
    }

    /// <summary>Without hashes of their own, the file that cannot be read is the damaged one.</summary>
    private static bool CanBeUsed(EngineCatalog engine, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> perceptual)
    {
        try
        {
            _ = engine.Families.Read(weights, "the weights");
        }
        catch (CheckpointException)
        {
            return false;
        }

        try
        {
            _ = engine.Perceptual.Read(perceptual, "the perceptual network");
            return false;
        }
        catch (CheckpointException)
        {
            return true;
        }
    }
}
