using PmSFC.Abstractions.Failures;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Brings generators from the store onto devices.</summary>
internal static class GeneratorSource
{
    /// <summary>Makes sure that a generator is on a device.</summary>
    /// <exception cref="BadInputException">The store has no such generator, or a damaged one.</exception>
    public static async Task EnsureAsync(Device device, EngineCatalog engine, string id, IArtifactStore store)
    {
        if (await device.Thread.RunAsync(() => device.Generators.Contains(id)))
            return;
        var content = await ReadFilesAsync(id, store, CancellationToken.None);
        var weights = await Task.Run(() => engine.Families.Read(content.Weights, content.Name));
        await device.Thread.RunAsync(() => device.Generators.Add(id, Load(device, engine, weights, content.Perceptual, content.Name)));
    }

    /// <summary>A generator's weights, on no device.</summary>
    /// <param name="engine">The families that are known.</param>
    /// <param name="id">The generator's id.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">The store has no such generator, or a damaged one.</exception>
    /// <exception cref="Engine.Checkpoints.CheckpointException">What it has cannot be used.</exception>
    public static async Task<IGeneratorWeights> ReadWeightsAsync(
        EngineCatalog engine,
        string id,
        IArtifactStore store,
        CancellationToken cancellationToken
    )
    {
        var content = await ReadFilesAsync(id, store, cancellationToken);
        return await Task.Run(() => engine.Families.Read(content.Weights, content.Name));
    }

    /// <summary>A generator's files, of which its id is the hash.</summary>
    private static async Task<(string Name, ReadOnlyMemory<byte> Weights, ReadOnlyMemory<byte>? Perceptual)> ReadFilesAsync(
        string id,
        IArtifactStore store,
        CancellationToken cancellationToken
    )
    {
        var cardName = ArtifactNames.GeneratorCard(id);
        var card = StoredGenerator.ReadCard((await ReadAsync(store, cardName, id, cancellationToken)).Span, id)
            ?? throw new BadInputException($"'{cardName}' in the store is damaged; {StoredGenerator.Advice}.");
        var weights = await ReadAsync(store, ArtifactNames.GeneratorWeights(id), id, cancellationToken);
        ReadOnlyMemory<byte>? perceptual = null;
        if (card.Perceptual is not null)
            perceptual = await ReadAsync(store, ArtifactNames.GeneratorPerceptual(id), id, cancellationToken);
        return StoredGenerator.IdOf(weights, perceptual) == id
            ? (card.Name, weights, perceptual)
            : throw new BadInputException(
                $"The weights of the generator '{card.Name}' ({id}) in the store are damaged; {StoredGenerator.Advice}."
            );
    }

    private static LoadedGenerator Load(
        Device device,
        EngineCatalog engine,
        IGeneratorWeights weights,
        ReadOnlyMemory<byte>? perceptual,
        string name
    ) =>
        new(
            weights.Load(device.Torch),
            perceptual is { } content ? engine.Perceptual.Load(content, $"{name}'s perceptual network", device.Torch) : null
        );

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        IArtifactStore store,
        string name,
        string id,
        CancellationToken cancellationToken
    ) =>
        (await store.ReadAsync(name, cancellationToken))?.Content
        ?? throw new BadInputException($"The store has no generator {id} ('{name}' is missing); {StoredGenerator.Advice}.");
}
