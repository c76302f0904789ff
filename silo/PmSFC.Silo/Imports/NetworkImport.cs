using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Networks;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Training;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Silo.Imports;

/// <summary>A network of published weights, read from a user's file and ready to be stored.</summary>
public sealed class NetworkImport
{
    private readonly ImportedNetwork _network;
    private readonly NetworkSpec _spec;

    private NetworkImport(ImportedNetwork network, NetworkSpec spec) => (_network, _spec) = (network, spec);

    /// <summary>What a sweep's spec says of the network.</summary>
    public ImportedWeights Weights => _spec.Weights!;

    /// <summary>What a user should know of what was read, a sentence; null where there is nothing.</summary>
    public string? Note => _network.Note;

    /// <summary>Reads a file with the reader of its kind; nothing in it is executed.</summary>
    /// <param name="families">The families of generators that are known.</param>
    /// <param name="kind">The kind that the file is taken for.</param>
    /// <param name="path">The file, of any format that <see cref="StateDict"/> reads.</param>
    /// <param name="card">The generator that the network is for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BadInputException">The kind has no reader, or the file cannot be read or is something else.</exception>
    public static async Task<NetworkImport> ReadAsync(
        GeneratorFamilies families,
        INetworkTraining kind,
        string path,
        GeneratorCard card,
        CancellationToken cancellationToken = default
    )
    {
        if (kind is not INetworkImport reader)
            throw new BadInputException(
                $"Weights of a network of the kind '{kind.Kind}' cannot be imported; remove 'weights' to have it trained."
            );
        var content = await CheckpointFile.ReadAsync(path, cancellationToken);
        try
        {
            var architecture = families.Describe(card);
            var tensors = await Task.Run(() => StateDict.Read(content, path), cancellationToken);
            var network = await Task.Run(() => reader.Read(tensors, architecture), cancellationToken);
            var weights = new ImportedWeights
            {
                FileName = Path.GetFileName(path),
                Sha256 = Sha256Text.Of(content),
                ContentId = ContentId.Hash(network.Weights.Span),
                Sizes = network.Settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                TrainedHere = tensors.Metadata.ContainsKey(TrainedNetwork.TrainedEntry),
            };
            return new NetworkImport(network, NetworkSpec.Imported(kind.Kind, card.Id, weights));
        }
        catch (CheckpointException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    /// <summary>Stores the weights and then the card, unless the store has them sound.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken = default)
    {
        var id = _spec.Id;
        var card = new TrainedNetwork
        {
            Kind = _spec.Kind,
            Settings = _network.Settings,
            Seed = _spec.Seed,
            Terms = [],
            LossHistory = [],
            Origin = new WeightsOrigin(Weights.FileName, Weights.Sha256),
        };
        await store.WriteSoundAsync(
            ArtifactNames.NetworkWeights(id),
            () => _network.Weights,
            stored => stored.Span.SequenceEqual(_network.Weights.Span),
            cancellationToken
        );
        await store.WriteSoundAsync(
            ArtifactNames.NetworkCard(id),
            () => ArtifactSeal.Close(card.ToJson(), ("weights.safetensors", _network.Weights)),
            stored => StoredNetwork.Read(stored, _spec) is not null,
            cancellationToken
        );
    }
}
