using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>
/// A sweep with nothing left open, stored as <c>sweeps/{id}/plan.json</c>: the jobs that it implies follow from it alone, so resuming is these
/// jobs minus the results that exist.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepPlan")]
public sealed record SweepPlan
{
    /// <summary>Name for people; not part of the id.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Id of the generator.</summary>
    [Id(1)]
    public required string GeneratorId { get; init; }

    /// <summary>Name of the task.</summary>
    [Id(2)]
    public required string Task { get; init; }

    /// <summary>Prepared target images.</summary>
    [Id(3)]
    public required ImmutableArray<ImageReference> Images { get; init; }

    /// <summary>Rows of the table.</summary>
    [Id(4)]
    public required ImmutableArray<SweepCell> Cells { get; init; }

    /// <summary>Seed of every job.</summary>
    [Id(5)]
    public required long Seed { get; init; }

    /// <summary>Whose fair share the sweep counts against; not part of the id.</summary>
    [Id(6)]
    public required string Owner { get; init; }

    /// <summary>Higher runs first; not part of the id.</summary>
    [Id(7)]
    public required int Priority { get; init; }

    /// <summary>Every setting of the task in canonical text.</summary>
    [Id(8)]
    public ImmutableSortedDictionary<string, string> TaskSettings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How many jobs may fail before the sweep stops, or null for any number; not part of the id.</summary>
    [Id(9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureBudget? FailureBudget { get; init; }

    /// <summary>The sweep's id: a hash of the jobs that it implies.</summary>
    public string Id => IdOf(Jobs().Select(job => job.Spec.Id));

    /// <summary>The id of the sweep of these jobs.</summary>
    /// <param name="jobIds">The ids of its jobs, in the plan's order.</param>
    public static string IdOf(IEnumerable<string> jobIds)
    {
        var id = new ContentId("sweep");
        foreach (var job in jobIds)
            id.With("job", job);
        return id.ToString();
    }

    /// <summary>Every job that the plan implies, cell by cell, images in the plan's order.</summary>
    public IEnumerable<PlannedJob> Jobs() =>
        from cell in Cells
        let subspaceSetId = cell.Subspaces?.Id
        let networkId = cell.Network?.Id
        let preparations = cell
            .Preparations.OrEmpty()
            .Where(planned => planned.IsReadByJobs)
            .Select(planned => planned.Spec)
            .ToImmutableSortedDictionary(spec => spec.Kind, spec => spec.Id, StringComparer.Ordinal)
        from image in Images
        select new PlannedJob(
            cell,
            image,
            new JobSpec
            {
                GeneratorId = GeneratorId,
                Task = Task,
                Method = cell.Method,
                Settings = cell.Settings,
                SubspaceSetId = subspaceSetId,
                ImageId = image.Id,
                Seed = Seed,
                TaskSettings = TaskSettings,
                NetworkId = networkId,
                Preparations = preparations.IsEmpty ? null : preparations,
            }
        );
}
