using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Subspaces;

/// <summary>What a subspace set is a function of: the generator, how it is discovered, and the seed.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SubspaceSpec")]
public sealed record SubspaceSpec : IPreparationSpec
{
    /// <summary>Id of the generator whose channels are grouped.</summary>
    [Id(0)]
    public required string GeneratorId { get; init; }

    /// <summary>Name of the discovery, for example <c>self-expressive</c> or <c>random</c>.</summary>
    [Id(1)]
    public required string Method { get; init; }

    /// <summary>Every setting of the discovery in canonical text, the split layer and the number of subspaces among them.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw.</summary>
    [Id(3)]
    public required long Seed { get; init; }

    /// <summary>The set whose sizes a random partition copies, which must be stored first, or null.</summary>
    [Id(4)]
    public SubspaceSpec? SizesOf { get; init; }

    /// <summary>What else the discovery reads that is made once; default for nothing.</summary>
    [Id(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<PreparationSpec> MadeFrom { get; init; }

    /// <summary>The subspace set's id.</summary>
    public string Id =>
        MadeFrom
            .OrEmpty()
            .Aggregate(
                new ContentId("subspaces")
                    .With("generator", GeneratorId)
                    .With("method", Method)
                    .With("settings", Settings)
                    .With("seed", Seed)
                    .With("sizes-of", SizesOf?.Id),
                (id, need) => id.With("made-from", need.Id)
            )
            .ToString();

    string IPreparationSpec.PreparationKind => PreparationKinds.Subspaces;

    IEnumerable<IPreparationSpec> IPreparationSpec.Needs =>
        new IPreparationSpec?[] { SizesOf }
            .OfType<IPreparationSpec>()
            .Concat(MadeFrom.OrEmpty());
}
