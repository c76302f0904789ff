using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Results;

/// <summary>A planned job and what became of it.</summary>
/// <param name="Job">The job and its place in the table.</param>
/// <param name="Id">The job's id.</param>
/// <param name="Result">Its stored result, or null.</param>
/// <param name="Failed">Whether it has no result because it failed.</param>
/// <param name="Problem">Why it has no result, or null where it has one.</param>
public sealed record TableJob(PlannedJob Job, string Id, JobResult? Result, bool Failed, string? Problem);
