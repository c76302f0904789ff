using System.Collections.Immutable;

namespace PmSFC.Abstractions.Jobs;

/// <summary>
/// Sentences of <see cref="JobStatus.WaitingFor"/> and of a preparation's that say only where the job is in the order of work. Every other sentence is a reason
/// that a user has to be shown.
/// </summary>
public static class WaitingTurn
{
    /// <summary>A device takes it when it has ended what it does.</summary>
    public const string ForDevice = "waits for a device that is free";

    /// <summary>The sweep takes its jobs one pass after another.</summary>
    public const string NotLookedAt = "the sweep has not looked at it yet";

    /// <summary>What it needs is stored, and the sweep's next pass puts it into the queue.</summary>
    public const string AboutToBeQueued = "about to be queued";

    /// <summary>It failed, and the sweep was started again.</summary>
    public const string TriedAgain = "the sweep tries it again";

    /// <summary>The sweep hands over what follows as devices take what is before.</summary>
    public const string BehindOthers = "waits behind others of its sweep";

    /// <summary>The sweep is paused, which its own status says too.</summary>
    public const string Paused = "the sweep is paused";

    private static readonly ImmutableHashSet<string> All = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        ForDevice,
        NotLookedAt,
        AboutToBeQueued,
        TriedAgain,
        BehindOthers,
        Paused
    );

    /// <summary>Whether a sentence says only where the job is in the order of work.</summary>
    public static bool Is(string sentence) => All.Contains(sentence);
}
