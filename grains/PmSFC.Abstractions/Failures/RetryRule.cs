namespace PmSFC.Abstractions.Failures;

/// <summary>How many attempts a job gets in all before a failure of one name is final.</summary>
public static class RetryRule
{
    /// <summary>
    /// Attempts in all: 1 for input that stays bad and for divergence, of which an attempt is itself two tries; 2 for memory, since another device may
    /// do; 3 for bugs, 10 for lost workers, and no end for a store that is away.
    /// </summary>
    public static int MaximumAttempts(FailureName name) =>
        name switch
        {
            FailureName.BadInput or FailureName.Diverged => 1,
            FailureName.OutOfMemory => 2,
            FailureName.Bug => 3,
            FailureName.Lost => 10,
            FailureName.StoreUnavailable => int.MaxValue,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "This failure name has no retry rule."),
        };
}
