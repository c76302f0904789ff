using PmSFC.Abstractions.Failures;

namespace PmSFC.Abstractions.Jobs;

/// <summary>What a job grain says of its job.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobStatus")]
public sealed record JobStatus
{
    /// <summary>The job's id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Where it is.</summary>
    [Id(1)]
    public required JobState State { get; init; }

    /// <summary>Attempts started.</summary>
    [Id(2)]
    public required int Attempts { get; init; }

    /// <summary>Latest progress, or null before the first.</summary>
    [Id(3)]
    public JobProgress? Progress { get; init; }

    /// <summary>The last failure, or null. A job that goes on after one keeps it.</summary>
    [Id(4)]
    public JobFailure? Failure { get; init; }

    /// <summary>The device that runs it or ran it last, for people, or null.</summary>
    [Id(5)]
    public string? Device { get; init; }

    /// <summary>Why it does not run, in a sentence, where it does not.</summary>
    [Id(6)]
    public string? WaitingFor { get; init; }

    /// <summary>The trace of the latest attempt, 32 lower-case hexadecimal digits, or null where that attempt is not traced.</summary>
    [Id(7)]
    public string? TraceId { get; init; }

    /// <summary>
    /// When it came into its state, UTC, or null where that is not known: its result was found in the store, or a version that did not write it down stored it.
    /// </summary>
    [Id(8)]
    public DateTimeOffset? Since { get; init; }
}
