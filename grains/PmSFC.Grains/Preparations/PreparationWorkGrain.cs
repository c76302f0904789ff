using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Preparations;

/// <summary>Something that is made once and that jobs of any number of sweeps wait for.</summary>
internal abstract class PreparationWorkGrain(
    PreparationKind kind,
    IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger logger
) : WorkGrain<PreparationStatus>(state, store, time, logger)
{
    /// <inheritdoc/>
    protected override PreparationStatus Describe(WorkRecord record, JobProgress? progress, string? waitingFor) =>
        new()
        {
            Id = this.GetPrimaryKeyString(),
            Kind = kind,
            OtherKind = record.Item?.OtherPreparation?.Kind,
            State = record.State,
            Progress = progress,
            Failure = record.Failure,
            Attempts = record.Attempts,
            Device = record.Device,
            WaitingFor = waitingFor,
        };

    /// <inheritdoc/>
    protected override Task TellAsync(ISweepGrain sweep, PreparationStatus status) => sweep.PreparationChanged(status);
}
