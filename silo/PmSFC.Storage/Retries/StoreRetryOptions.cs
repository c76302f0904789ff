namespace PmSFC.Storage;

/// <summary>How a store repeats calls that found it unusable.</summary>
public sealed record StoreRetryOptions
{
    /// <summary>For how long callers are patient that say nothing else. By default 5 minutes with a store that does not answer, and none otherwise.</summary>
    public StorePatience Patience { get; init; } = new() { Unavailable = TimeSpan.FromMinutes(5) };

    /// <summary>The wait after the first failure; each further one doubles. 1 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan FirstWait
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. 30 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan LongestWait
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>Draws in [0, 1) that spread each wait by up to a fifth either way; called from any thread.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>The wait after a failure.</summary>
    /// <param name="failure">The number of the failure, from 0.</param>
    internal TimeSpan WaitAfter(int failure)
    {
        var wait = Math.Min(FirstWait.TotalSeconds * Math.Pow(2, failure), LongestWait.TotalSeconds);
        return TimeSpan.FromSeconds(wait * (0.8 + (0.4 * Jitter())));
    }

    private static TimeSpan Positive(TimeSpan wait) =>
        wait > TimeSpan.Zero ? wait : throw new ArgumentOutOfRangeException(nameof(wait), wait, "A wait must be positive.");
}
