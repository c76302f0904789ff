using System.Collections.Immutable;

namespace PmSFC.Client.Sweeps;

/// <summary>What a plan asks for and what of it is stored already: the answer to a dry run.</summary>
public sealed record SweepForecast
{
    /// <summary>Rows in the plan's order.</summary>
    public required ImmutableArray<CellForecast> Cells { get; init; }

    /// <summary>Subspace sets that jobs need.</summary>
    public required int SubspaceSets { get; init; }

    /// <summary>Subspace sets that are stored.</summary>
    public required int SubspaceSetsDone { get; init; }

    /// <summary>Networks that jobs need and that are trained, not imported.</summary>
    public required int Networks { get; init; }

    /// <summary>Networks that are stored.</summary>
    public required int NetworksDone { get; init; }

    /// <summary>Other preparations that jobs need, or that their subspaces do.</summary>
    public int Preparations { get; init; }

    /// <summary>Other preparations that are stored.</summary>
    public int PreparationsDone { get; init; }

    /// <summary>Results that are stored and damaged, so that their jobs are not done.</summary>
    public required int Damaged { get; init; }

    /// <summary>Jobs in all.</summary>
    public int Jobs => Cells.Sum(cell => cell.Jobs);

    /// <summary>Jobs whose results are stored.</summary>
    public int Done => Cells.Sum(cell => cell.Done);

    /// <summary>Predicted memory of the largest job, in bytes: a device must have as much.</summary>
    public long LargestJobBytes => Cells.Select(cell => cell.BytesPerJob).DefaultIfEmpty().Max();

    /// <summary>Predicted size of the largest job's codes, in bytes.</summary>
    public long LargestCodesBytes => Cells.Select(cell => cell.CodesBytes).DefaultIfEmpty().Max();

    /// <summary>Predicted size of the codes of what is not done, in bytes.</summary>
    public long CodesBytesLeft => Cells.Sum(cell => (cell.Jobs - cell.Done) * cell.CodesBytes);

    /// <summary>Predicted multiply-adds of all jobs that are not done, discoveries and trainings not counted.</summary>
    public double MultiplyAddsLeft => Cells.Sum(cell => cell.MultiplyAddsLeft);
}
