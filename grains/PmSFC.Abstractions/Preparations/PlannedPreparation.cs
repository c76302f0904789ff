namespace PmSFC.Abstractions.Preparations;

/// <summary>A preparation of a cell's plan.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.PlannedPreparation")]
public sealed record PlannedPreparation
{
    /// <summary>What it is.</summary>
    [Id(0)]
    public required PreparationSpec Spec { get; init; }

    /// <summary>Predicted memory, in bytes.</summary>
    [Id(1)]
    public required long Bytes { get; init; }

    /// <summary>Whether the cell's jobs read it; where not, only another preparation of the cell does.</summary>
    [Id(2)]
    public required bool IsReadByJobs { get; init; }
}
