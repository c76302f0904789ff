namespace PmSFC.Abstractions.Failures;

/// <summary>One failure of one attempt: its name and one clear sentence for people.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobFailure")]
public sealed record JobFailure
{
    /// <summary>Why.</summary>
    [Id(0)]
    public required FailureName Name { get; init; }

    /// <summary>What went wrong, where, and what to do.</summary>
    [Id(1)]
    public required string Message { get; init; }
}
