using System.Collections.Immutable;

namespace PmSFC.Abstractions.Devices;

/// <summary>What a device holds: items that share a batch. Where it holds several batches, the one that it took first.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.DeviceBatch")]
public sealed record DeviceBatch
{
    /// <summary>What kind of work it is.</summary>
    [Id(0)]
    public required WorkKind Kind { get; init; }

    /// <summary>Name of the inversion method or of the discovery's, or the kind of the network that is trained.</summary>
    [Id(1)]
    public required string Method { get; init; }

    /// <summary>What its items have in common.</summary>
    [Id(2)]
    public required string BatchKey { get; init; }

    /// <summary>The sweeps that they were asked for last.</summary>
    [Id(3)]
    public required ImmutableArray<string> SweepIds { get; init; }

    /// <summary>The items.</summary>
    [Id(4)]
    public required ImmutableArray<string> ItemIds { get; init; }

    /// <summary>Iterations done of the item that is behind the others, or null where nothing was measured yet.</summary>
    [Id(5)]
    public int? Iteration { get; init; }

    /// <summary>Iterations of that item in all, or null where nothing was measured yet.</summary>
    [Id(6)]
    public int? Iterations { get; init; }
}
