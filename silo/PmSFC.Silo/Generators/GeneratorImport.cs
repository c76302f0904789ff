using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Json;
using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using PmSFC.Silo.Imports;
using PmSFC.Storage;
using static TorchSharp.torch;

namespace PmSFC.Silo.Generators;

/// <summary>Brings a user's generator into a store.</summary>
/// <param name="engine">The families and perceptual networks that are known.</param>
/// <param name="store">Where to.</param>
public sealed class GeneratorImport(EngineCatalog engine, IArtifactStore store)
{
    private const int LargestThumbnail = 256,
        ThumbnailRows = 2,
        ThumbnailColumns = 4;

    /// <summary>
    /// Checks a generator's files and stores them, the card last. The same content imported again gives the same id and the card that is stored, and
    /// replaces what is damaged or missing.
    /// </summary>
    /// <param name="weightsPath">The generator's file, in any layout that is read; it is stored as safetensors in its family's own layout.</param>
    /// <param name="perceptualPath">The file of the discriminator that was trained with it, of VGG16 or of SqueezeNet 1.1; or null.</param>
    /// <param name="name">A name for people, unique in the store.</param>
    /// <param name="terms">The terms under which the weights may be used, or null.</param>
    /// <param name="drawing">How the generator is to draw; null for as its file says. It is part of what is stored, and so of the id.</param>
    /// <param name="cancellationToken">Ends the import; what is stored by then does no harm.</param>
    /// <returns>The card, and what a user should know of what was read: a sentence each.</returns>
    /// <exception cref="BadInputException">A file cannot be read or used, or another generator has the name.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<(GeneratorCard Card, IReadOnlyList<string> Notes)> ImportAsync(
        string weightsPath,
        string? perceptualPath,
        string name,
        string? terms = null,
        DrawingOptions? drawing = null,
        CancellationToken cancellationToken = default
    )
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new BadInputException("The generator's name is empty; give it one with --name.");
        var file = new WeightsFile(weightsPath, await CheckpointFile.ReadAsync(weightsPath, cancellationToken));
        var network = perceptualPath is null
            ? null
            : new WeightsFile(perceptualPath, await CheckpointFile.ReadAsync(perceptualPath, cancellationToken));
        return await ImportAsync(file, network, _ => name, terms, drawing, cancellationToken);
    }

    /// <summary>As the other, for files that have been read, wherever they lay.</summary>
    /// <param name="file">The generator's file.</param>
    /// <param name="network">The perceptual network's file, or null.</param>
    /// <param name="nameOf">The generator's name by its id; unique in the store.</param>
    /// <param name="terms">The terms under which the weights may be used, or null.</param>
    /// <param name="drawing">How the generator is to draw; null for as its file says. It is part of what is stored, and so of the id.</param>
    /// <param name="cancellationToken">Ends the import; what is stored by then does no harm.</param>
    /// <returns>The card, and what a user should know of what was read: a sentence each.</returns>
    /// <exception cref="BadInputException">A file cannot be used, or another generator has the name.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<(GeneratorCard Card, IReadOnlyList<string> Notes)> ImportAsync(
        WeightsFile file,
        WeightsFile? network,
        Func<string, string> nameOf,
        string? terms = null,
        DrawingOptions? drawing = null,
        CancellationToken cancellationToken = default
    )
    {
        var (weightsPath, perceptualPath, perceptual) = (file.Path, network?.Path, network?.Content);
        var (layout, weights, note) = await Task.Run(() => Convert(file.Content, weightsPath, drawing), cancellationToken);
        var id = GeneratorId.Of(weights.Span, perceptual);
        var name = nameOf(id);
        if (
            await FindAsync(id, name, cancellationToken) is { } existing
            && (await StoredGenerator.CheckAsync(store, engine, id, cancellationToken)).IsEmpty
        )
            return (existing, [.. new[] { note }.OfType<string>()]);

        var (card, thumbnail, perceptualNote) = await Task.Run(
            () => Check(id, layout, weights, weightsPath, perceptual, perceptualPath, name, terms),
            cancellationToken
        );
        var sealedCard = ArtifactSeal.Close(
            ArtifactJson.Write(card),
            [
                ("weights.safetensors", weights),
                .. perceptual is null ? [] : new (string, ReadOnlyMemory<byte>)[] { ("perceptual.safetensors", perceptual) },
            ]
        );
        await WriteAsync(ArtifactNames.GeneratorWeights(id), weights, stored => stored.Span.SequenceEqual(weights.Span));
        if (perceptual is not null)
            await WriteAsync(ArtifactNames.GeneratorPerceptual(id), perceptual, stored => stored.Span.SequenceEqual(perceptual));
        if (thumbnail is not null)
            await WriteAsync(ArtifactNames.GeneratorThumbnail(id), thumbnail, stored => StoredGenerator.IsImage(stored.Span));
        await WriteAsync(ArtifactNames.GeneratorCard(id), sealedCard, stored => StoredGenerator.ReadCard(stored.Span, id) is not null);
        var kept = await store.ReadAsync(ArtifactNames.GeneratorCard(id), cancellationToken);
        return (
            (kept is null ? null : StoredGenerator.ReadCard(kept.Content.Span, id)) ?? card,
            [.. new[] { note, perceptualNote }.OfType<string>()]
        );

        Task WriteAsync(string artifact, ReadOnlyMemory<byte> content, Func<ReadOnlyMemory<byte>, bool> isSound) =>
            store.WriteSoundAsync(artifact, () => content, isSound, cancellationToken);
    }

    /// <summary>The card that the store has of the generator, where it can be read.</summary>
    private async Task<GeneratorCard?> FindAsync(string id, string name, CancellationToken cancellationToken)
    {
        if (
            await store.ReadAsync(ArtifactNames.GeneratorCard(id), cancellationToken) is { } known
            && StoredGenerator.ReadCard(known.Content.Span, id) is { } own
        )
            return own;
        await foreach (var artifact in store.ListAsync(ArtifactNames.Generators, cancellationToken))
        {
            if (ArtifactNames.GeneratorOf(artifact) is not { } other || other == id)
                continue;
            if (await NameOfAsync(other, cancellationToken) == name)
                throw new BadInputException(
                    $"The store has another generator named '{name}' ({other}); import this one under another name."
                );
        }

        return null;
    }

    /// <returns>Null where the card is damaged, or this version cannot read it.</returns>
    private async Task<string?> NameOfAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var card = await store.ReadAsync(ArtifactNames.GeneratorCard(id), cancellationToken);
            return card is null ? null : StoredGenerator.ReadCard(card.Content.Span, id)?.Name;
        }
        catch (StoreException e) when (e.Kind is StoreFailure.Newer or StoreFailure.Refused)
        {
            return null;
        }
    }

    /// <summary>What is stored of a checkpoint: the file itself where it is one of the project's own, so that its id is that of its bytes.</summary>
    private (string Layout, ReadOnlyMemory<byte> Weights, string? Note) Convert(
        ReadOnlyMemory<byte> content,
        string path,
        DrawingOptions? drawing
    )
    {
        try
        {
            var (layout, network) = engine.Families.Identify(StateDict.Read(content, path));
            if (drawing is { AreTheFiles: false })
                return (layout.Name, Draw(layout.Read(network.Tensors), drawing, path).ToSafetensors(), network.Note);
            var isOwn = layout.IsOwn && network.Tensors.IsFloatSafetensors && network.Prefix is "" or "module.";
            return (layout.Name, isOwn ? content : layout.Read(network.Tensors).ToSafetensors(), network.Note);
        }
        catch (CheckpointException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private static IStyledWeights Draw(IGeneratorWeights weights, DrawingOptions drawing, string path)
    {
        if (weights is not IStyledWeights styled)
        {
            throw new BadInputException(
                $"'{path}' is a generator of the family '{weights.Architecture.Family}', which has no styles and no noise; leave out --truncation and --noise."
            );
        }

        return drawing.Noise is { Seed: not null } && !styled.HasNoiseStrengths
            ? throw new BadInputException($"'{path}' does not say how strong its noise is, so it cannot draw with any; leave out --noise.")
            : styled.With(drawing);
    }

    private (GeneratorCard Card, byte[]? Thumbnail, string? PerceptualNote) Check(
        string id,
        string layout,
        ReadOnlyMemory<byte> weights,
        string weightsPath,
        byte[]? perceptual,
        string? perceptualPath,
        string name,
        string? terms
    )
    {
        try
        {
            var parsed = engine.Families.Read(weights, weightsPath);
            var architecture = parsed.Architecture;
            var (network, note) = perceptual is null ? default : CheckPerceptual(perceptual, perceptualPath!, architecture);
            var card = new GeneratorCard
            {
                Id = id,
                Name = name,
                Family = architecture.FamilyOnCard(),
                FamilySizes = architecture.FamilySizes is { Count: > 0 } sizes
                    ? sizes.ToImmutableSortedDictionary(StringComparer.Ordinal)
                    : null,
                Layout = layout,
                Resolution = architecture.Resolution,
                LatentSize = architecture.LatentSize,
                Channels = [.. architecture.Channels],
                Perceptual = network,
                Terms = terms,
                Drawing = (parsed as IStyledWeights)?.Drawing,
            };
            return (card, architecture.Resolution <= LargestThumbnail ? Thumbnail(parsed) : null, note);
        }
        catch (CheckpointException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private (string Name, string? Note) CheckPerceptual(byte[] content, string path, GeneratorArchitecture architecture)
    {
        var (network, note) = engine.Perceptual.Check(content, path);
        if (network.OnlyResolution is { } resolution && resolution != architecture.Resolution)
        {
            throw new BadInputException(
                $"'{path}' takes images of {resolution}×{resolution} pixels, but the generator makes {architecture.Resolution}×{architecture.Resolution}; "
                    + "import the discriminator that was trained with it."
            );
        }

        return (network.Name, note);
    }

    private static byte[] Thumbnail(IGeneratorWeights weights)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var generator = weights.Load(CPU);
        using var random = new TorchSharp.torch.Generator(0, CPU);
        var codes = randn(
            [ThumbnailRows * ThumbnailColumns, weights.Architecture.LatentSize],
            dtype: ScalarType.Float32,
            device: CPU,
            generator: random
        );
        var samples = ImageTensors.FromTensor(generator.Forward(codes));
        return ImageFile.EncodePng(ImageGrid.Compose(samples, ThumbnailColumns, padding: 2, Rgb.White));
    }
}
