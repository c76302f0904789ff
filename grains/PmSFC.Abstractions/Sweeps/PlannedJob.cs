using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>A job and its place in a sweep's table.</summary>
public sealed record PlannedJob(SweepCell Cell, ImageReference Image, JobSpec Spec);
