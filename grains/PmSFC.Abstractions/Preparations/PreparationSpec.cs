using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Identity;

namespace PmSFC.Abstractions.Preparations;

/// <summary>A preparation of any kind but subspaces and networks, which earlier versions wrote in forms of their own.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.PreparationSpec")]
public sealed record PreparationSpec : IPreparationSpec
{
    /// <summary>Name of the kind, for example <c>statistics</c>.</summary>
    [Id(0)]
    public required string Kind { get; init; }

    /// <summary>Id of the generator that it is made of.</summary>
    [Id(1)]
    public required string GeneratorId { get; init; }

    /// <summary>Every setting in canonical text.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw.</summary>
    [Id(3)]
    public required long Seed { get; init; }

    /// <summary>What it is made from besides the generator.</summary>
    [Id(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<PreparationSpec> MadeFrom { get; init; }

    /// <inheritdoc/>
    public string Id =>
        MadeFrom
            .OrEmpty()
            .Aggregate(
                new ContentId("preparation")
                    .With("kind", Kind)
                    .With("generator", GeneratorId)
                    .With("settings", Settings)
                    .With("seed", Seed),
                (id, need) => id.With("made-from", need.Id)
            )
            .ToString();

    string IPreparationSpec.PreparationKind => Kind;

    string IPreparationSpec.Method => Kind;

    IEnumerable<IPreparationSpec> IPreparationSpec.Needs => MadeFrom.OrEmpty();
}
