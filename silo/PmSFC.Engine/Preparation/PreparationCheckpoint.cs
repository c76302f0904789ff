using System.Globalization;
using PmSFC.Engine.Checkpoints;

namespace PmSFC.Engine.Preparation;

/// <summary>What the checkpoints of all preparations begin with: the run that they belong to, and its iteration.</summary>
internal static class PreparationCheckpoint
{
    private const string RunEntry = "run",
        IterationEntry = "iteration";

    /// <summary>Begins a checkpoint.</summary>
    /// <param name="run">What tells the run from every other.</param>
    /// <param name="iteration">Iterations done.</param>
    public static SafetensorsWriter Begin(string run, int iteration) =>
        new SafetensorsWriter().AddMetadata(RunEntry, run).AddMetadata(IterationEntry, iteration.ToString(CultureInfo.InvariantCulture));

    /// <summary>The iteration of a checkpoint.</summary>
    /// <param name="header">The checkpoint's.</param>
    /// <param name="run">The run that is to go on.</param>
    /// <param name="iterations">Its iterations in all.</param>
    /// <param name="what">What error messages call such a run.</param>
    /// <exception cref="CheckpointException">It is of another run.</exception>
    public static int Iteration(SafetensorsHeader header, string run, int iterations, string what) =>
        header.Metadata.GetValueOrDefault(RunEntry) == run
        && int.TryParse(header.Metadata.GetValueOrDefault(IterationEntry), CultureInfo.InvariantCulture, out var iteration)
        && iteration >= 0
        && iteration <= iterations
            ? iteration
            : throw new CheckpointException($"The checkpoint belongs to another {what}; begin this one again.");
}
