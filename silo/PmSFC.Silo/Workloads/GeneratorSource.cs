using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Brings generators from the store onto devices.</summary>
internal static class GeneratorSource
{
    /// <summary>Makes sure that a generator is on a device.</summary>
    /// <exception cref="BadInputException">The store has no such generator, or its card is damaged.</exception>
    public static async Task Ensure(Device device, string id, PatientStore store)
    {
        if (await device.Thread.Run(() => device.Generators.Contains(id))) return;
        var cardName = ArtifactNames.GeneratorCard(id);
        var card = ReadCard(await Read(store, cardName, id), cardName);
        var parsed = await ReadWeights(id, card.Name, store);
        ReadOnlyMemory<byte>? perceptual = null;
        if (card.Perceptual is not null) perceptual = await Read(store, ArtifactNames.GeneratorPerceptual(id), id);
        await device.Thread.Run(() => device.Generators.Add(id, Load(device, parsed, perceptual, card.Name)));
    }

    /// <summary>A generator's weights, on no device.</summary>
    /// <param name="id">The generator's id.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="store">Where it is.</param>
    /// <exception cref="BadInputException">The store has no such generator.</exception>
    /// <exception cref="Engine.Safetensors.CheckpointException">What it has is damaged.</exception>
    public static async Task<GeneratorWeights> ReadWeights(string id, string name, PatientStore store)
    {
        var weights = await Read(store, ArtifactNames.GeneratorWeights(id), id);
        return await Task.Run(() => GeneratorWeights.Read(weights, name));
    }

    private static GeneratorCard ReadCard(ReadOnlyMemory<byte> content, string name)
    {
        try
        {
            return ArtifactFormat.Read<GeneratorCard>(content.Span, name);
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                $"'{name}' in the store is damaged ({ArtifactFormat.Reason(content.Span, e)}); import the generator's file again with 'generators import', then resume the sweep.");
        }
    }

    private static LoadedGenerator Load(Device device, GeneratorWeights weights, ReadOnlyMemory<byte>? perceptual, string name) => new(
        Generator.Load(weights, device.Torch),
        perceptual is { } content ? PerceptualNetworks.Load(content, $"{name}'s perceptual network", device.Torch) : null);

    private static async Task<ReadOnlyMemory<byte>> Read(PatientStore store, string name, string id) =>
        await store.Read(name)
        ?? throw new BadInputException($"The store has no generator {id} ('{name}' is missing); import it with 'generators import'.");
}
