using System.Collections.Immutable;

namespace PmSFC.Abstractions.Jobs;

/// <summary>
/// How far a running job was when its preview was drawn, as stored in <c>previews/{id}.json</c> next to the picture. It is replaced again and again, goes with the
/// job's checkpoints when the job is done, and goes through the store and never through a grain.
/// </summary>
public sealed record JobPreview
{
    /// <summary>Iterations done.</summary>
    public required int Iteration { get; init; }

    /// <summary>Iterations in all.</summary>
    public required int Iterations { get; init; }

    /// <summary>Loss over time: every iteration recorded so far with its loss.</summary>
    public required ImmutableArray<LossPoint> Losses { get; init; }
}
