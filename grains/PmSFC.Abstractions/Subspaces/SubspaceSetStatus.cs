using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Subspaces;

/// <summary>Where the discovery of a subspace set stands.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SubspaceSetStatus")]
public sealed record SubspaceSetStatus
{
    /// <summary>The set's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>State of the discovery; <see cref="JobState.Succeeded"/> means that the set is stored.</summary>
    [Id(1)] public required JobState State { get; init; }

    /// <summary>Latest progress, or null before the first.</summary>
    [Id(2)] public JobProgress? Progress { get; init; }

    /// <summary>The last failure, or null.</summary>
    [Id(3)] public JobFailure? Failure { get; init; }

    /// <summary>Attempts started.</summary>
    [Id(4)] public int Attempts { get; init; }

    /// <summary>The device that runs it or ran it last, for people, or null.</summary>
    [Id(5)] public string? Device { get; init; }

    /// <summary>Why it does not run, in a sentence, where it does not.</summary>
    [Id(6)] public string? WaitingFor { get; init; }
}
