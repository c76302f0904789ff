using PmSFC.Abstractions.Jobs;

namespace PmSFC.Grains.Stored;

/// <summary>What a job's grain has stored.</summary>
/// <param name="Name">Name of the artifact.</param>
/// <param name="Status">The status, without progress, or null where none is stored or it cannot be read.</param>
/// <param name="IsDamaged">Whether something is stored that is no record of a job.</param>
public sealed record StoredJob(string Name, JobStatus? Status, bool IsDamaged);
