using PmSFC.Abstractions.Identity;
using PmSFC.Client.Sweeps;

namespace PmSFC.Web.Api;

/// <summary>
/// The plans that were asked for last, with the ids of their jobs. A sweep's id says which jobs it has, but names change where it is started again: a plan that was read longer ago than
/// <see cref="Fresh"/> is compared with the stored one.
/// </summary>
/// <param name="sweeps">Reads them.</param>
/// <param name="time">The clock.</param>
internal sealed class PlanCache(SweepClient sweeps, TimeProvider time)
{
    /// <summary>Most plans that are kept.</summary>
    public const int Most = 16;

    /// <summary>For how long a plan is taken as it was read.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _uses;

    /// <summary>A plan by the sweep's id, by the beginning of it, or by <c>latest</c>. The store is listed only where the reference is no whole id.</summary>
    /// <exception cref="PmSFC.Abstractions.Failures.BadInputException">No sweep is meant, or several are.</exception>
    /// <exception cref="Storage.StoreException">The store failed, or the plan is damaged.</exception>
    public async Task<PlannedSweep> FindAsync(string reference, CancellationToken cancellation)
    {
        var id = ContentId.IsValid(reference) ? reference : await sweeps.FindIdAsync(reference, cancellation);
        // One reading serves all who wait for it, so that none of them may stop it.
        return await ReadingAsync(id).WaitAsync(cancellation);
    }

    private Task<PlannedSweep> ReadingAsync(string id)
    {
        lock (_lock)
        {
            var known = _entries.GetValueOrDefault(id);
            if (
                known is null
                || known.Reading.IsFaulted
                || (known.Reading.IsCompletedSuccessfully && time.GetElapsedTime(known.ReadAt) >= Fresh)
            )
            {
                var before = known is { Reading.IsCompletedSuccessfully: true } ? known.Reading.Result : known?.Before;
                known = _entries[id] = new Entry(Task.Run(() => sweeps.ReadAsync(id, before)), before, time.GetTimestamp());
            }

            known.LastUse = ++_uses;
            if (_entries.Count > Most)
                _entries.Remove(_entries.MinBy(entry => entry.Value.LastUse).Key);
            return known.Reading;
        }
    }

    /// <param name="reading">Ends with the plan.</param>
    /// <param name="before">The plan as it was read before, or null.</param>
    /// <param name="readAt">When the reading began.</param>
    private sealed class Entry(Task<PlannedSweep> reading, PlannedSweep? before, long readAt)
    {
        public Task<PlannedSweep> Reading => reading;

        public PlannedSweep? Before => before;

        public long ReadAt => readAt;

        public long LastUse { get; set; }
    }
}
