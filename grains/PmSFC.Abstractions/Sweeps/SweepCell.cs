using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>One row of a sweep's table: a method with every setting resolved, to be run on every image.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepCell")]
public sealed record SweepCell
{
    /// <summary>Name of the row, unique within the sweep; not part of any id.</summary>
    [Id(0)]
    public required string Label { get; init; }

    /// <summary>Name of the inversion method.</summary>
    [Id(1)]
    public required string Method { get; init; }

    /// <summary>Every setting in canonical text.</summary>
    [Id(2)]
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>The subspace set that it needs, or null.</summary>
    [Id(3)]
    public SubspaceSpec? Subspaces { get; init; }

    /// <summary>Iterations of each job.</summary>
    [Id(4)]
    public required int Iterations { get; init; }

    /// <summary>Predicted memory of one job, in bytes.</summary>
    [Id(5)]
    public required long BytesPerJob { get; init; }

    /// <summary>Predicted multiply-adds of one iteration of one job, forward and backward.</summary>
    [Id(6)]
    public required double MultiplyAddsPerIteration { get; init; }

    /// <summary>The trained network that it needs, or null.</summary>
    [Id(7)]
    public NetworkSpec? Network { get; init; }

    /// <summary>Predicted memory of the network's training, in bytes; 0 where there is none.</summary>
    [Id(8)]
    public long NetworkBytes { get; init; }

    /// <summary>Predicted memory of the discovery of its subspaces, in bytes; 0 where there is none, and in plans of versions that did not predict it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(9)]
    public long SubspacesBytes { get; init; }

    /// <summary>Other things that are made once for the cell, each after what it needs itself; default for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(10)]
    public ImmutableArray<PlannedPreparation> Preparations { get; init; }

    /// <summary>Predicted size of the codes that each job stores, in bytes; 0 where it has none, and in plans of versions that did not predict it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(11)]
    public long CodesBytes { get; init; }

    /// <summary>Everything that must be stored before the cell's jobs can run, with its predicted memory in bytes, each after what it needs itself.</summary>
    public IEnumerable<(IPreparationSpec Spec, long Bytes)> Needs()
    {
        foreach (var planned in Preparations.OrEmpty())
            yield return (planned.Spec, planned.Bytes);

        // In a plan of a version that did not predict it, a device that can run the smallest job that needs the set can find it.
        if (Subspaces is not null)
            yield return (Subspaces, SubspacesBytes > 0 ? SubspacesBytes : BytesPerJob);
        if (Network is not null)
            yield return (Network, NetworkBytes);
    }
}
