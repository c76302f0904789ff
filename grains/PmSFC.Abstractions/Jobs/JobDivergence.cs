namespace PmSFC.Abstractions.Jobs;

/// <summary>A search that diverged once and went on from its last good checkpoint with a smaller step size.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobDivergence")]
public sealed record JobDivergence
{
    /// <summary>The iteration at which the loss was found to be no number, infinite or exploded.</summary>
    [Id(0)]
    public required int Iteration { get; init; }

    /// <summary>The loss there.</summary>
    [Id(1)]
    public required double Loss { get; init; }

    /// <summary>The iteration from which it went on; 0 where it began from the start.</summary>
    [Id(2)]
    public required int RestartedFrom { get; init; }

    /// <summary>What every step size is multiplied by since.</summary>
    [Id(3)]
    public required double StepScale { get; init; }
}
