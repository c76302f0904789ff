using System.Collections.Immutable;
using PmSFC.Abstractions.Identity;

namespace PmSFC.Abstractions.Networks;

/// <summary>What a trained network is a function of: its kind, the generator whose samples it learns from, how it is trained, and the seed.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.NetworkSpec")]
public sealed record NetworkSpec
{
    /// <summary>Id of the generator.</summary>
    [Id(0)] public required string GeneratorId { get; init; }

    /// <summary>Kind of the network, for example <c>encoder</c>.</summary>
    [Id(1)] public required string Kind { get; init; }

    /// <summary>Every setting of the network and of its training in canonical text.</summary>
    [Id(2)] public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw.</summary>
    [Id(3)] public required long Seed { get; init; }

    /// <summary>The network's id.</summary>
    public string Id => new ContentId("network")
        .With("generator", GeneratorId).With("kind", Kind).With("settings", Settings).With("seed", Seed).ToString();
}
