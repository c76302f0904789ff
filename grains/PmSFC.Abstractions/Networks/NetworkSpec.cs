using System.Collections.Immutable;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Networks;

/// <summary>
/// What a trained network is a function of: its kind, the generator whose samples it learns from, how it is trained, the seed, and the images that
/// it learns from instead of samples. An imported network is a function of its kind and its weights alone.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.NetworkSpec")]
public sealed record NetworkSpec : IPreparationSpec
{
    /// <summary>Id of the generator.</summary>
    [Id(0)]
    public required string GeneratorId { get; init; }

    /// <summary>Kind of the network, for example <c>encoder</c>.</summary>
    [Id(1)]
    public required string Kind { get; init; }

    /// <summary>Every setting of the network and of its training in canonical text; of an imported network its sizes.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw; 0 for an imported network.</summary>
    [Id(3)]
    public required long Seed { get; init; }

    /// <summary>The images that it learns from, or null for the generator's samples.</summary>
    [Id(4)]
    public ImageListReference? Images { get; init; }

    /// <summary>The weights that were imported, or null for a network that is trained.</summary>
    [Id(5)]
    public ImportedWeights? Weights { get; init; }

    /// <summary>The network's id.</summary>
    public string Id =>
        (Weights, Images) switch
        {
            ({ TrainedHere: true } weights, _) => Imported(weights).With("trained", "here").ToString(),
            ({ } weights, _) => Imported(weights).ToString(),
            (_, { } images) => Trained().With("images", images.Id).ToString(),
            _ => Trained().ToString(),
        };

    string IPreparationSpec.PreparationKind => PreparationKinds.Network;

    string IPreparationSpec.Method => Kind;

    IEnumerable<IPreparationSpec> IPreparationSpec.Needs => [];

    /// <summary>An imported network.</summary>
    public static NetworkSpec Imported(string kind, string generatorId, ImportedWeights weights) =>
        new()
        {
            GeneratorId = generatorId,
            Kind = kind,
            Settings = weights.Sizes,
            Seed = 0,
            Weights = weights,
        };

    private ContentId Imported(ImportedWeights weights) =>
        new ContentId("imported network").With("kind", Kind).With("settings", Settings).With("weights", weights.ContentId);

    private ContentId Trained() =>
        new ContentId("network").With("generator", GeneratorId).With("kind", Kind).With("settings", Settings).With("seed", Seed);
}
