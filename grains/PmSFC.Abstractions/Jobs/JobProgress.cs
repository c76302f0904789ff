namespace PmSFC.Abstractions.Jobs;

/// <summary>How far a running job is.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobProgress")]
public sealed record JobProgress
{
    /// <summary>Iterations done.</summary>
    [Id(0)]
    public required int Iteration { get; init; }

    /// <summary>Iterations in all.</summary>
    [Id(1)]
    public required int Iterations { get; init; }

    /// <summary>Latest loss, in the method's own units.</summary>
    [Id(2)]
    public required double Loss { get; init; }

    /// <summary>Iterations a second of the batch that the job runs in, over the time since the last report.</summary>
    [Id(3)]
    public required double IterationsPerSecond { get; init; }

    /// <summary>What it waits for on its device, a sentence, or null where it goes on.</summary>
    [Id(4)]
    public string? HeldUpBy { get; init; }
}
