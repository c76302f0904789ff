using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Preparations;

/// <summary>Kinds of preparations by name. The first two have numbers and states of their own on the wire; every later kind shares one.</summary>
public static class PreparationKinds
{
    /// <summary>A subspace set that is discovered.</summary>
    public const string Subspaces = "subspaces";

    /// <summary>A network that is trained.</summary>
    public const string Network = "network";

    /// <summary>The number that a status has for a kind.</summary>
    public static PreparationKind NumberOf(string kind) =>
        kind switch
        {
            Subspaces => PreparationKind.Subspaces,
            Network => PreparationKind.Network,
            _ => PreparationKind.Other,
        };

    /// <summary>The state of a job that waits for a preparation of the kind.</summary>
    public static JobState WaitingStateOf(string kind) =>
        kind switch
        {
            Subspaces => JobState.WaitingForSubspaces,
            Network => JobState.WaitingForNetwork,
            _ => JobState.WaitingForPreparation,
        };
}
