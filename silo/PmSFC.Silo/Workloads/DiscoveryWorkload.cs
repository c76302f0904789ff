using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Discoveries: finds a subspace set on the device and stores it.</summary>
public sealed class DiscoveryWorkload(
    IArtifactStore store, IEnumerable<ISubspaceDiscovery> discoveries, TimeProvider time, ILogger<DiscoveryWorkload> logger) : IWorkload
{
    private const int PictureSide = 512;

    private readonly ISubspaceDiscovery[] _discoveries = [.. discoveries];

    /// <inheritdoc/>
    public bool Accepts(WorkItem item) => item.Discovery is not null;

    /// <inheritdoc/>
    public async Task Run(WorkBatch batch, CancellationToken draining)
    {
        var patient = new PatientStore(store, batch.Device.Options.StorePatience, time, logger, draining);
        foreach (var work in batch.Works) await Run(batch with { Works = [work] }, work, patient);
    }

    private async Task Run(WorkBatch batch, LeasedWork work, PatientStore patient)
    {
        var spec = work.Item.Discovery!;
        work.Trace.Phase(PmSFCTelemetry.LoadSpan);
        if (await patient.Exists(ArtifactNames.SubspaceSet(spec.Id)))
        {
            await work.Succeed();
            return;
        }

        var discovery = _discoveries.FirstOrDefault(candidate => candidate.Name == spec.Method)
            ?? throw new BadInputException($"There is no subspace discovery '{spec.Method}' on this silo.");
        var shelf = new CheckpointShelf(store, spec.Id, logger);
        var sizes = spec.SizesOf is null ? null : (await SubspaceSource.Read(spec.SizesOf.Id, patient)).Sizes;
        await GeneratorSource.Ensure(batch.Device, spec.GeneratorId, patient);
        var checkpoint = await shelf.Newest(patient);
        work.Trace.EndPhase();

        await DeviceSession.Run(
            batch,
            post => new DiscoverySession(batch.Device, discovery, time, post).Run(work, sizes, checkpoint),
            e => Handle(e, shelf, patient));
    }

    private async Task Handle(SessionEvent e, CheckpointShelf shelf, PatientStore patient)
    {
        var work = e.Work;
        switch (e)
        {
            case ProgressMade made:
                await work.Progress(made.Progress);
                break;
            case CheckpointTaken taken when work.Stop is StopReason.None or StopReason.Draining:
                await shelf.Put(taken.Checkpoint);
                break;
            case CheckpointRefused refused:
                await shelf.Drop(refused.Iteration, refused.Reason);
                break;
            case SubspacesFound found when work.Stop is StopReason.None or StopReason.Draining:
                await Keep(found.Set, work, shelf, patient);
                break;
            case WorkFailed failed:
                await work.Fail(failed.Failure);
                break;
            case SubspacesFound or WorkStopped:
                await work.Yield();
                break;
        }
    }

    private async Task Keep(SubspaceSet set, LeasedWork work, CheckpointShelf shelf, PatientStore patient)
    {
        work.Trace.Phase(PmSFCTelemetry.StoreSpan);
        var id = work.Item.Id;
        if (set is { Coefficients: { } coefficients } && set.OrderedAffinity() is { } affinity)
        {
            var channels = set.Labels.Count;
            var file = new SafetensorsWriter().Add("coefficients", coefficients, channels, channels).ToArray();
            var picture = await Task.Run(() => ImageFile.EncodePng(Heatmap.Render(affinity, Math.Max(1, PictureSide / channels))));
            await patient.WriteOnce(ArtifactNames.SubspaceCoefficients(id), file);
            await patient.WriteOnce(ArtifactNames.SubspaceAffinity(id), picture);
        }

        await patient.WriteOnce(ArtifactNames.SubspaceSet(id), set.ToJson());
        await shelf.Clear();
        await work.Succeed();
    }
}
