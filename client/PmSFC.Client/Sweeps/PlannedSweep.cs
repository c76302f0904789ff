using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Sweeps;

/// <summary>A plan with the ids of its jobs, which are hashes: thousands of them take a tenth of a second, so they are reckoned once.</summary>
public sealed class PlannedSweep
{
    private readonly Dictionary<string, ImmutableArray<int>> _places;

    /// <summary>Reckons the ids.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="etag">The store's token of the plan as it was read, or null.</param>
    public PlannedSweep(SweepPlan plan, string? etag = null)
    {
        (Plan, ETag) = (plan, etag);
        JobIds = [.. plan.Jobs().Select(job => job.Spec.Id)];
        Id = SweepPlan.IdOf(JobIds);
        _places = JobIds
            .Index()
            .GroupBy(job => job.Item, job => job.Index, StringComparer.Ordinal)
            .ToDictionary(job => job.Key, job => job.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>The plan.</summary>
    public SweepPlan Plan { get; }

    /// <summary>The sweep's id.</summary>
    public string Id { get; }

    /// <summary>The store's token of the plan as it was read, or null.</summary>
    public string? ETag { get; }

    /// <summary>The id of the job at each place: cell by cell, images in the plan's order.</summary>
    public ImmutableArray<string> JobIds { get; }

    /// <summary>Different jobs; cells with equal settings share theirs.</summary>
    public int Jobs => _places.Count;

    /// <summary>The row of a place.</summary>
    public SweepCell CellAt(int place) => Plan.Cells[place / Plan.Images.Length];

    /// <summary>The image of a place.</summary>
    public ImageReference ImageAt(int place) => Plan.Images[place % Plan.Images.Length];

    /// <summary>The places of a job; none where it is not of this sweep.</summary>
    public ImmutableArray<int> PlacesOf(string jobId) => _places.TryGetValue(jobId, out var places) ? places : [];
}
