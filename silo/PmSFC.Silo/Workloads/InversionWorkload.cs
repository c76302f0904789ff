using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using PmSFC.Silo.Hosting;
using PmSFC.Silo.Workloads.Previews;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Silo.Workloads;

/// <summary>Inversion jobs: loads their inputs, runs them on the device, evaluates and stores what comes out.</summary>
public sealed partial class InversionWorkload(
    IArtifactStore store,
    EngineCatalog engine,
    TimeProvider time,
    ILogger<InversionWorkload> logger
) : IWorkload
{
    /// <inheritdoc/>
    public bool Accepts(WorkItem item) => item.Job is not null;

    /// <inheritdoc/>
    public async Task RunAsync(WorkBatch batch, CancellationToken draining)
    {
        var patient = store.With(batch.Patience(draining));
        // Checkpoints and previews are worth no wait but the store's own.
        var brief = store.With(store.Patience with { Leaving = draining });
        var checkpointStores = batch.Works.ToDictionary(
            work => work,
            work => new CheckpointStore(brief, work.Item.Id, work.Trace.Logger(logger))
        );
        foreach (var work in batch.Works)
            work.Trace.Phase(PmSFCTelemetry.LoadSpan);
        await GeneratorSource.EnsureAsync(batch.Device, engine, batch.Works[0].Item.Job!.GeneratorId, patient);
        var loaded = await Task.WhenAll(batch.Works.Select(work => LoadAsync(work, checkpointStores[work], patient)));
        InversionJob[] jobs = [.. loaded.OfType<InversionJob>()];
        if (jobs.Length == 0)
            return;
        var setup = await PrepareAsync(jobs, patient);
        foreach (var job in jobs)
            job.Work.Trace.EndPhase();

        await using var previews = new PreviewWriter(brief, logger);
        await DeviceSession.RunAsync(
            batch,
            post => Session(batch.Device, setup, post, previews).Run(jobs),
            e => HandleAsync(e, jobs, checkpointStores[e.Work], previews, patient)
        );
    }

    private InversionSession Session(Device device, InversionSetup setup, Action<SessionEvent> post, PreviewWriter previews)
    {
        void Bug(Exception failure) => LogBug(logger, failure);
        return setup.Method switch
        {
            IOptimizationMethod method => new OptimizationSession(device, setup, method, time, post, previews, Bug),
            FeedForwardMethod method => new FeedForwardSession(device, setup, method, time, post, Bug),
            var other => throw new InvalidOperationException(
                $"The method '{other.Name}' neither searches nor computes; see {nameof(IInversionMethod)}."
            ),
        };
    }

    private async Task<InversionSetup> PrepareAsync(InversionJob[] jobs, IArtifactStore patient)
    {
        var spec = jobs[0].Work.Item.Job!;
        ChannelPartition? partition = null;
        if (spec.SubspaceSetId is { } subspaces)
        {
            foreach (var job in jobs)
                job.Work.Trace.Phase(PmSFCTelemetry.DiscoverSpan)?.SetTag("pmsfc.subspaces.id", subspaces);
            partition = (await SubspaceSource.ReadAsync(subspaces, patient)).Partition;
        }

        var task = engine.FindTask(spec.Task) ?? throw new BadInputException($"There is no task '{spec.Task}' on this silo.");
        return new InversionSetup(
            spec.GeneratorId,
            engine.FindMethod(spec.Method) ?? throw new BadInputException($"There is no inversion method '{spec.Method}' on this silo."),
            ResolvedSettings.FromCanonical(spec.Settings),
            task,
            ResolvedSettings.FromCanonical(spec.TaskSettings),
            await ReadTaskImagesAsync(task, spec.TaskSettings, patient),
            partition,
            spec.NetworkId is { } network ? await NetworkSource.ReadAsync(network, patient) : null,
            await PreparationSource.ReadAsync(spec.Preparations ?? ImmutableSortedDictionary<string, string>.Empty, patient)
        );
    }

    private static async Task<Dictionary<string, RgbImage>> ReadTaskImagesAsync(
        IInversionTask task,
        IReadOnlyDictionary<string, string> settings,
        IArtifactStore patient
    )
    {
        var images = new Dictionary<string, RgbImage>(StringComparer.Ordinal);
        foreach (var definition in task.Settings.Definitions.Where(definition => definition.AcceptsImage))
        {
            if (settings[definition.Name] is var id && SettingDefinition.IsImage(id))
                images[id] = await ImageSource.ReadAsync(id, patient);
        }

        return images;
    }

    /// <returns>Null where nothing is left to do on the device.</returns>
    private static async Task<InversionJob?> LoadAsync(LeasedWork work, CheckpointStore checkpoints, IArtifactStore patient)
    {
        try
        {
            if (await IsDoneAsync(work.Item.Id, patient))
            {
                await work.SucceedAsync();
                return null;
            }

            var image = await ImageSource.ReadAsync(work.Item.Job!.ImageId, patient);
            return new InversionJob(work, image, await checkpoints.NewestAsync(patient));
        }
        catch (Exception e) when (FailureNaming.Name(e) is { Name: FailureName.BadInput } bad)
        {
            await work.FailAsync(bad);
            return null;
        }
    }

    /// <summary>
    /// Whether a result is there with the picture that it was measured on. What is there otherwise was left by an attempt that was lost, was damaged or
    /// came from elsewhere: nothing proves it, so it is replaced.
    /// </summary>
    private static async Task<bool> IsDoneAsync(string id, IArtifactStore patient)
    {
        if (await StoredResult.ReadAsync(patient, id) is { Fault: null })
            return true;
        var there = await patient.ListAsync(ArtifactNames.JobFolder(id)).ToListAsync();
        foreach (var name in ArtifactNames.JobArtifacts(id).Intersect(there))
            await patient.SetAsideAsync(name);
        return false;
    }

    private async Task HandleAsync(
        SessionEvent e,
        InversionJob[] jobs,
        CheckpointStore checkpoints,
        PreviewWriter previews,
        IArtifactStore patient
    )
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
            case SearchDiverged diverged:
                LogDiverged(
                    work.Trace.Logger(logger),
                    work.Item.Id,
                    diverged.Divergence.Loss,
                    diverged.Divergence.Iteration,
                    diverged.Divergence.RestartedFrom
                );
                break;
            case ImageReconstructed done:
                await KeepAsync(done, jobs.First(job => job.Work == work).Target, checkpoints, previews, patient);
                break;
            case WorkFailed failed:
                await work.FailAsync(failed.Failure);
                break;
            case WorkStopped:
                await work.YieldAsync();
                break;
        }
    }

    private async Task KeepAsync(
        ImageReconstructed done,
        RgbImage target,
        CheckpointStore checkpoints,
        PreviewWriter previews,
        IArtifactStore patient
    )
    {
        var work = done.Work;
        try
        {
            work.Trace.Phase(PmSFCTelemetry.EvaluateSpan);
            var png = await Task.Run(() => ImageFile.EncodePng(done.Image));
            var metrics = await EvaluateAsync(target, done.Image);

            work.Trace.Phase(PmSFCTelemetry.StoreSpan);
            if (!work.MayWrite)
            {
                await work.YieldAsync();
                return;
            }

            var id = work.Item.Id;
            if (await patient.WriteOnceAsync(ArtifactNames.JobReconstruction(id), png) == WriteOutcome.AlreadyExists)
            {
                // An attempt that was lost had come this far. Metrics and hash are of what is stored, by which attempt makes no difference.
                var stored = (await patient.ReadAsync(ArtifactNames.JobReconstruction(id)))!.Content.ToArray();
                if (!stored.AsSpan().SequenceEqual(png))
                    await ReportConflictAsync(work, Sha256Text.Of(stored), Sha256Text.Of(png), patient);
                png = stored;
                metrics = await EvaluateAsync(target, ImageFile.Decode(png, $"the reconstruction of {id}").Image);
            }

            ReadOnlyMemory<byte> codes = done.Codes;
            if (await patient.WriteOnceAsync(ArtifactNames.JobCodes(id), codes) == WriteOutcome.AlreadyExists)
                codes = (await patient.ReadAsync(ArtifactNames.JobCodes(id)))!.Content;
            var result = ArtifactJson.Write(
                new JobResult
                {
                    JobId = id,
                    Spec = work.Item.Job!,
                    Metrics = metrics,
                    Losses = done.Trace.Losses,
                    Iterations = done.Trace.Iteration,
                    DeviceSeconds = done.Trace.DeviceSeconds,
                    Device = work.Device,
                    ReconstructionSha256 = Sha256Text.Of(png),
                    ProductVersion = Product.Version,
                    Divergence = done.Trace.Divergence,
                    BatchWidth = done.Trace.Width,
                }
            );
            var sealedResult = ArtifactSeal.Close(result, ("codes.safetensors", codes), ("reconstruction.png", png));
            if (
                await patient.WriteOnceAsync(ArtifactNames.JobResult(id), sealedResult) == WriteOutcome.AlreadyExists
                && !await IsDoneAsync(id, patient)
            )
            {
                // An attempt that was lost has mixed its result with this one's picture: the next attempt finds neither.
                await work.YieldAsync();
                return;
            }

            await checkpoints.ClearAsync();
            await previews.RemoveAsync(work);
            await work.SucceedAsync();
        }
        catch (Exception e)
        {
            var failure = FailureNaming.Name(e);
            if (failure.Name == FailureName.Bug)
                LogBug(work.Trace.Logger(logger), e);
            await work.FailAsync(failure);
        }
    }

    /// <summary>Two attempts at one job should come to the same bytes. The first stays; that they did not is kept for people.</summary>
    private async Task ReportConflictAsync(LeasedWork work, string stored, string refused, IArtifactStore patient)
    {
        LogConflict(work.Trace.Logger(logger), work.Item.Id, stored, refused, work.Device);
        await patient.WriteOnceAsync(
            ArtifactNames.Conflict(work.Item.Id, refused),
            ArtifactJson.Write(
                new JobConflict
                {
                    JobId = work.Item.Id,
                    StoredSha256 = stored,
                    RefusedSha256 = refused,
                    Device = work.Device,
                    ProductVersion = Product.Version,
                }
            )
        );
    }

    private Task<ImmutableSortedDictionary<string, double>> EvaluateAsync(RgbImage target, RgbImage reconstruction) =>
        Task.Run(() =>
            engine
                .Metrics.Ready.Select(metric => Measurement.Of(metric, target, reconstruction))
                .Where(measurement => measurement.Value is not null)
                .ToImmutableSortedDictionary(
                    measurement => measurement.Metric.Name,
                    measurement => measurement.Value!.Value,
                    StringComparer.Ordinal
                )
        );

    [LoggerMessage(
        LogLevel.Warning,
        "{Job} diverged: the loss was {Loss} at iteration {Iteration}. It goes on from iteration {From} with half the step size."
    )]
    private static partial void LogDiverged(ILogger logger, string job, double loss, int iteration, int from);

    [LoggerMessage(
        LogLevel.Warning,
        "{Job} has the reconstruction {Stored}; another attempt on {Device} came to {Refused}, which is not kept."
    )]
    private static partial void LogConflict(ILogger logger, string job, string stored, string refused, string device);

    [LoggerMessage(LogLevel.Error, "An inversion failed with an error that the product did not foresee.")]
    private static partial void LogBug(ILogger logger, Exception failure);
}
