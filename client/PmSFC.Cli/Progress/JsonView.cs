using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Progress;

namespace PmSFC.Cli.Progress;

/// <summary>One JSON object a line for every event.</summary>
internal sealed class JsonView(JsonLines lines) : ISweepView
{
    /// <inheritdoc/>
    public async Task FollowAsync(SweepProgress progress, IAsyncEnumerable<SweepEvent> events)
    {
        await foreach (var change in events)
        {
            if (change.Job is { } job)
            {
                foreach (var planned in progress.PlannedFor(job.Id))
                    lines.Write(
                        new
                        {
                            Event = "job",
                            change.At,
                            Cell = planned.Cell.Label,
                            Image = planned.Image.Name,
                            Job = job,
                        }
                    );
            }

            if (change.Reason is { } reason)
                lines.Write(
                    new
                    {
                        Event = "stopped",
                        change.At,
                        Reason = reason,
                    }
                );
            if (change.Preparation is { Kind: PreparationKind.Network } training)
                lines.Write(
                    new
                    {
                        Event = "training",
                        change.At,
                        Training = training,
                    }
                );
            else if (change.Preparation is { Kind: PreparationKind.Other } preparation)
                lines.Write(
                    new
                    {
                        Event = "preparation",
                        change.At,
                        Preparation = preparation,
                    }
                );
            else if (change.Preparation is { } discovery)
                lines.Write(
                    new
                    {
                        Event = "discovery",
                        change.At,
                        Discovery = discovery,
                    }
                );
        }
    }
}
