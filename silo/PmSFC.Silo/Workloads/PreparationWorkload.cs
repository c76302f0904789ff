using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine.Preparation;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Makes what many jobs need once: runs it on the device, with checkpoints, and stores what comes out.</summary>
/// <typeparam name="TRun">The engine's run.</typeparam>
/// <typeparam name="TResult">What it comes to: plain data, no tensors.</typeparam>
public abstract class PreparationWorkload<TRun, TResult>(IArtifactStore store, TimeProvider time, ILogger logger) : IWorkload
    where TRun : PreparationRun
{
    /// <inheritdoc/>
    public abstract bool Accepts(WorkItem item);

    /// <inheritdoc/>
    public async Task RunAsync(WorkBatch batch, CancellationToken draining)
    {
        var patient = store.With(batch.Patience(draining));
        foreach (var work in batch.Works)
            await RunAsync(batch with { Works = [work] }, work, patient, draining);
    }

    /// <summary>The artifact that is written last, so that all is stored when it is there.</summary>
    private protected abstract string ArtifactOf(string id);

    /// <summary>The artifacts that are written before it.</summary>
    private protected abstract IEnumerable<string> FilesOf(string id);

    /// <summary>Brings everything that the run needs onto the device.</summary>
    private protected abstract Task<PreparationSetup<TRun>> LoadAsync(Device device, WorkItem item, IArtifactStore patient);

    /// <summary>What a run that has done its iterations comes to.</summary>
    private protected abstract TResult Finish(TRun run);

    /// <summary>Stores the result, the artifact of <see cref="ArtifactOf"/> last.</summary>
    private protected abstract Task StoreAsync(WorkItem item, TResult result, IArtifactStore patient);

    private async Task RunAsync(WorkBatch batch, LeasedWork work, IArtifactStore patient, CancellationToken draining)
    {
        work.Trace.Phase(PmSFCTelemetry.LoadSpan);
        var id = work.Item.Id;
        // Its own patience ends the store's waiting where the silo drains.
        if (await patient.ExistsAsync(ArtifactOf(id), CancellationToken.None))
        {
            await work.SucceedAsync();
            return;
        }

        // Without what is written last, nothing proves what is stored next to it.
        foreach (var name in FilesOf(id))
            await patient.SetAsideAsync(name, CancellationToken.None);
        var checkpoints = new CheckpointStore(store.With(store.Patience with { Leaving = draining }), id, work.Trace.Logger(logger));
        var setup = await LoadAsync(batch.Device, work.Item, patient);
        var checkpoint = await checkpoints.NewestAsync(patient);
        work.Trace.EndPhase();

        await DeviceSession.RunAsync(
            batch,
            post => new PreparationSession<TRun, TResult>(batch.Device, setup, Finish, time, post).Run(work, checkpoint),
            e => HandleAsync(e, checkpoints, patient)
        );
    }

    private async Task HandleAsync(SessionEvent e, CheckpointStore checkpoints, IArtifactStore patient)
    {
        var work = e.Work;
        switch (e)
        {
            case ProgressMade made:
                await work.ProgressAsync(made.Progress, made.Batch);
                break;
            case CheckpointTaken taken when !work.IsLost:
                await checkpoints.PutAsync(taken.Checkpoint);
                break;
            case CheckpointRefused refused:
                await checkpoints.DropAsync(refused.Iteration, refused.Reason);
                break;
            case Prepared<TResult> prepared when work.MayWrite:
                work.Trace.Phase(PmSFCTelemetry.StoreSpan);
                await StoreAsync(work.Item, prepared.Result, patient);
                await checkpoints.ClearAsync();
                await work.SucceedAsync();
                break;
            case WorkFailed failed:
                await work.FailAsync(failed.Failure);
                break;
            case Prepared<TResult> or WorkStopped:
                await work.YieldAsync();
                break;
        }
    }
}
