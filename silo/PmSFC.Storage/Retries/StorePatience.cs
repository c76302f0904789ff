namespace PmSFC.Storage;

/// <summary>
/// For how long a caller bears a store that cannot be used: the time from the first failure of a call to the end of its repetitions, by what fails.
/// <see cref="TimeSpan.Zero"/>, the default, tells a failure at once; <see cref="Timeout.InfiniteTimeSpan"/> repeats until the store is used again.
/// </summary>
/// <remarks>What is damaged or of a later version is told at once: no repetition changes it.</remarks>
public sealed record StorePatience
{
    /// <summary>Every failure is told at once.</summary>
    public static StorePatience None { get; } = new();

    /// <summary>With a store that does not answer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan Unavailable
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>With a store that does not let this process in, as while somebody mends a role or a mount.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan Refused
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>With a store that has no room.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan Full
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>Is told in one sentence why a call waits, and null when it goes on. A wait begins when this has ended.</summary>
    public Func<string?, Task> Waits { get; init; } = _ => Task.CompletedTask;

    /// <summary>
    /// Set when this process leaves. From then on a call that finds the store away is repeated within <see cref="LeavingLimit"/> and then ends, also where it
    /// waits for an answer; later calls fail at once. Calls that find the store full or refused are not repeated any more.
    /// </summary>
    public CancellationToken Leaving { get; init; }

    /// <summary>For how long a call may go on after <see cref="Leaving"/>, or after its beginning where that is later. 15 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan LeavingLimit
    {
        get;
        init =>
            field =
                value > TimeSpan.Zero
                    ? value
                    : throw new ArgumentOutOfRangeException(nameof(LeavingLimit), value, "The limit must be positive.");
    } = TimeSpan.FromSeconds(15);

    /// <summary>For how long a failure of one kind is borne.</summary>
    public TimeSpan For(StoreFailure failure) =>
        failure switch
        {
            StoreFailure.Unavailable => Unavailable,
            StoreFailure.Refused => Refused,
            StoreFailure.Full => Full,
            _ => TimeSpan.Zero,
        };

    private static TimeSpan Checked(TimeSpan patience) =>
        patience >= TimeSpan.Zero || patience == Timeout.InfiniteTimeSpan
            ? patience
            : throw new ArgumentOutOfRangeException(nameof(patience), patience, "A patience must not be negative.");
}
