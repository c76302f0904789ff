using System.Text.Json.Serialization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Preparations;

/// <summary>Where something stands that is made once and that jobs wait for: the discovery of a subspace set, the training of a network, and what else there is.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SubspaceSetStatus")]
public sealed record PreparationStatus
{
    /// <summary>Id of the subspace set, of the network, or of what else it is.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Its state; <see cref="JobState.Succeeded"/> means that it is stored.</summary>
    [Id(1)]
    public required JobState State { get; init; }

    /// <summary>Latest progress, or null before the first.</summary>
    [Id(2)]
    public JobProgress? Progress { get; init; }

    /// <summary>The last failure, or null.</summary>
    [Id(3)]
    public JobFailure? Failure { get; init; }

    /// <summary>Attempts started.</summary>
    [Id(4)]
    public int Attempts { get; init; }

    /// <summary>The device that runs it or ran it last, for people, or null.</summary>
    [Id(5)]
    public string? Device { get; init; }

    /// <summary>Why it does not run, in a sentence, where it does not.</summary>
    [Id(6)]
    public string? WaitingFor { get; init; }

    /// <summary>What it is.</summary>
    [Id(7)]
    public PreparationKind Kind { get; init; }

    /// <summary>The name of its kind where <see cref="Kind"/> is <see cref="PreparationKind.Other"/>, else null.</summary>
    [Id(8)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OtherKind { get; init; }

    /// <summary>The name of its kind.</summary>
    [JsonIgnore]
    public string KindName =>
        Kind switch
        {
            PreparationKind.Subspaces => PreparationKinds.Subspaces,
            PreparationKind.Network => PreparationKinds.Network,
            _ => OtherKind ?? "preparation",
        };
}
