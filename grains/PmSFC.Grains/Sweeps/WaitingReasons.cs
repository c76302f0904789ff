using System.Collections.Immutable;

namespace PmSFC.Grains.Sweeps;

/// <summary>Why jobs of a sweep wait: how many for each reason, and since when without a break. A job that changes costs the same however many there are.</summary>
internal sealed class WaitingReasons(TimeProvider time)
{
    private readonly Dictionary<string, (int Jobs, DateTimeOffset Since)> _reasons = new(StringComparer.Ordinal);

    /// <summary>How many jobs wait for each reason.</summary>
    public ImmutableSortedDictionary<string, int> Jobs =>
        _reasons.ToImmutableSortedDictionary(reason => reason.Key, reason => reason.Value.Jobs, StringComparer.Ordinal);

    /// <summary>When the first of them began to, after a time when none did.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Since =>
        _reasons.ToImmutableSortedDictionary(reason => reason.Key, reason => reason.Value.Since, StringComparer.Ordinal);

    /// <summary>A job waits for a reason, or for none.</summary>
    public void Take(SweepJob job, string? reason)
    {
        if (job.CountedReason == reason)
            return;
        Add(reason);
        Remove(job.CountedReason);
        job.CountedReason = reason;
    }

    /// <summary>Several jobs wait for other reasons at once, so that one which goes from some to others has no break.</summary>
    public void Take(IReadOnlyCollection<(SweepJob Job, string? Reason)> jobs)
    {
        foreach (var (_, reason) in jobs)
            Add(reason);
        foreach (var (job, reason) in jobs)
        {
            Remove(job.CountedReason);
            job.CountedReason = reason;
        }
    }

    private void Add(string? reason)
    {
        if (reason is not null)
            _reasons[reason] = _reasons.TryGetValue(reason, out var known) ? known with { Jobs = known.Jobs + 1 } : (1, time.GetUtcNow());
    }

    private void Remove(string? reason)
    {
        if (reason is null)
            return;
        var (jobs, since) = _reasons[reason];
        if (jobs == 1)
            _reasons.Remove(reason);
        else
            _reasons[reason] = (jobs - 1, since);
    }
}
