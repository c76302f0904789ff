using System.Collections.Concurrent;
using System.Text.Json;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Settings;
using PmSFC.Grains.Stored;
using PmSFC.Imaging;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Silo.Verifying;

/// <summary>
/// Reads everything that a sweep has stored and checks it against the hashes that are stored of it: images and generators against their ids, results
/// against their seals, pictures against their results, measurements against their pictures. Nothing is changed.
/// </summary>
/// <param name="store">Where it is.</param>
/// <param name="engine">What sweeps are made of.</param>
public sealed class SweepVerification(IArtifactStore store, EngineCatalog engine)
{
    // Numbers of another processor may differ in the last digits.
    private const double MetricTolerance = 1e-6;

    private readonly ConcurrentBag<Finding> _findings = [];
    private int _checked;
    private int _unfinished;
    private int _unsealed;

    /// <summary>Checks a sweep. An instance serves one call.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="progress">Told how many of the plan's images are done.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="StoreException">The store failed, or something is of a later format.</exception>
    public async Task<Verification> VerifyAsync(
        SweepPlan plan,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var jobs = plan.Jobs().DistinctBy(job => job.Spec.Id).ToLookup(job => job.Image.Id, StringComparer.Ordinal);
        var (done, needed) = (0, new ConcurrentDictionary<string, bool>(StringComparer.Ordinal));

        // An image at a time for each processor, its jobs one after another, so that memory does not grow with the sweep.
        var limited = new ParallelOptions
        {
            MaxDegreeOfParallelism = 2 * Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(plan.Images.DistinctBy(image => image.Id), limited, async (image, cancellation) =>
        {
            var target = await CheckImageAsync(image.Id, image.Name, cancellation);
            foreach (var job in jobs[image.Id])
            {
                if (!await CheckJobAsync(job, target, cancellation))
                    continue;
                foreach (var id in job.Spec.PreparationIds())
                    needed[id] = true;
            }

            progress?.Report(Interlocked.Increment(ref done));
        });

        foreach (var id in plan.TaskSettings.Values.Where(SettingDefinition.IsImage))
            await CheckImageAsync(id, $"the task {plan.Task}", cancellationToken);
        foreach (
            var spec in plan.Cells.SelectMany(cell => cell.Needs()).SelectMany(need => WithNeeds(need.Spec)).DistinctBy(spec => spec.Id)
        )
            await CheckPreparationAsync(spec, needed.ContainsKey(spec.Id), cancellationToken);
        Add(await StoredGenerator.CheckAsync(store, engine, plan.GeneratorId, cancellationToken), "the generator", Remedy.ImportGenerator);
        Interlocked.Increment(ref _checked);
        return new Verification
        {
            Findings = [.. _findings.OrderBy(finding => finding.Fault.Artifact, StringComparer.Ordinal)],
            Jobs = jobs.Sum(group => group.Count()),
            Unfinished = _unfinished,
            Checked = _checked,
            Unsealed = _unsealed,
        };
    }

    private static IEnumerable<IPreparationSpec> WithNeeds(IPreparationSpec spec) => spec.Needs.SelectMany(WithNeeds).Prepend(spec);

    private Task CheckPreparationAsync(IPreparationSpec spec, bool isNeeded, CancellationToken cancellationToken) =>
        spec switch
        {
            SubspaceSpec subspaces => CheckSubspacesAsync(subspaces, isNeeded, cancellationToken),
            NetworkSpec network => CheckNetworkAsync(network, isNeeded, cancellationToken),
            _ => CheckContentAsync(spec, isNeeded, cancellationToken),
        };

    /// <returns>The image, or null where it is not what it should be.</returns>
    private async Task<RgbImage?> CheckImageAsync(string id, string of, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _checked);
        var (image, fault) = await StoredTarget.ReadAsync(store, id, cancellationToken);
        if (fault is not null)
            Add([fault], of, Remedy.RunFromFiles);
        return image;
    }

    /// <returns>Whether the job has run, so that what it needs must be there.</returns>
    private async Task<bool> CheckJobAsync(PlannedJob job, RgbImage? target, CancellationToken cancellationToken)
    {
        var id = job.Spec.Id;
        var of = $"{job.Cell.Label}, {job.Image.Name}";
        var names = await store.ListAsync(ArtifactNames.JobFolder(id), cancellationToken).ToListAsync(cancellationToken);
        var measurements = names.Where(name => name.StartsWith(ArtifactNames.JobMeasurements(id), StringComparison.Ordinal)).ToList();
        foreach (var name in names.Except(ArtifactNames.JobArtifacts(id)).Except(measurements))
            Add([new ArtifactFault(name, FaultKind.Foreign, "belongs to nothing that a job stores")], of, Remedy.Resume);

        var record = await new StoredGrains(store).ReadJobAsync(id, cancellationToken);
        if (record.IsDamaged)
            Add([new ArtifactFault(record.Name, FaultKind.Damaged, "is not the record of a job")], of, Remedy.Resume);
        var stored = await StoredResult.ReadAsync(store, id, cancellationToken);
        Interlocked.Add(ref _checked, names.Count);
        if (stored is null)
        {
            // What an attempt left that has not come to its end is no fault; a result that was there and has gone is one.
            var wasThere =
                record.Status?.State == JobState.Succeeded
                || (record.Status is null && names.Intersect(ArtifactNames.JobArtifacts(id)).Any());
            if (wasThere)
                Add([ArtifactFault.Missing(ArtifactNames.JobResult(id))], of, Remedy.Resume);
            else
                Interlocked.Increment(ref _unfinished);
            return wasThere;
        }

        if (stored.Fault is { } fault)
            Add([fault], of, Remedy.Resume);
        if (stored.Result is not { } result)
            return true;
        if (stored.Seal.State == SealState.None)
        {
            Interlocked.Increment(ref _unsealed);
            if (stored.Picture is { } picture && target is not null)
                CheckMetrics(result, picture, target, of);
        }

        await CheckCodesAsync(id, stored.Seal, of, cancellationToken);
        foreach (var name in measurements)
        {
            if (
                await store.ReadAsync(name, cancellationToken) is { } artifact
                && StoredMeasurement.Read(artifact, name, result).Fault is { } stale
            )
                Add([stale], of, Remedy.Resume);
        }

        return true;
    }

    private async Task CheckCodesAsync(string jobId, ArtifactSeal seal, string of, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.JobCodes(jobId);
        if (await store.ReadAsync(name, cancellationToken) is not { Content: var codes })
            Add([ArtifactFault.Missing(name)], of, Remedy.Resume);
        else if (!(seal.Proves("codes.safetensors", codes.Span) ?? StoredNetwork.IsSafetensors(codes)))
            Add([ArtifactFault.Changed(name)], of, Remedy.Resume);
    }

    /// <summary>Without a seal, the numbers that the result recorded prove it, if target and picture give them again.</summary>
    private void CheckMetrics(JobResult result, ReadOnlyMemory<byte> picture, RgbImage target, string of)
    {
        var name = ArtifactNames.JobResult(result.JobId);
        try
        {
            var reconstruction = ImageFile.Decode(picture.Span, name).Image;
            foreach (var metric in engine.Metrics.Ready)
            {
                if (!result.Metrics.TryGetValue(metric.Name, out var recorded))
                    continue;
                var value = Measurement.Of(metric, target, reconstruction).Value ?? double.NaN;
                if (value.Equals(recorded) || Math.Abs(value - recorded) <= MetricTolerance * Math.Max(1, Math.Abs(value)))
                    continue;
                Add([new ArtifactFault(name, FaultKind.Damaged, $"has another {metric.Name} than its picture")], of, Remedy.Resume);
                return;
            }
        }
        catch (Exception e) when (e is ImageException or ArgumentException)
        {
            Add(
                [new ArtifactFault(ArtifactNames.JobReconstruction(result.JobId), FaultKind.Damaged, "is no picture of the target's size")],
                of,
                Remedy.Resume
            );
        }
    }

    private async Task CheckSubspacesAsync(SubspaceSpec spec, bool isNeeded, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.SubspaceSet(spec.Id);
        var of = $"the subspaces '{spec.Method}'";
        Interlocked.Increment(ref _checked);
        if (isNeeded && !await store.ExistsAsync(name, cancellationToken))
            Add([ArtifactFault.Missing(name)], of, Remedy.Resume);
        Add(await StoredSubspaces.CheckAsync(store, spec, cancellationToken), of, Remedy.Resume);
    }

    private async Task CheckContentAsync(IPreparationSpec spec, bool isNeeded, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.PreparationCard(spec.Id);
        var of = $"the preparation '{spec.PreparationKind}'";
        Interlocked.Increment(ref _checked);
        if (isNeeded && !await store.ExistsAsync(name, cancellationToken))
            Add([ArtifactFault.Missing(name)], of, Remedy.Resume);
        Add(await StoredPreparation.CheckAsync(store, spec, cancellationToken), of, Remedy.Resume);
    }

    private async Task CheckNetworkAsync(NetworkSpec spec, bool isNeeded, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.NetworkCard(spec.Id);
        var of = $"the network '{spec.Kind}'";
        var remedy = spec.Weights is null ? Remedy.Resume : Remedy.RunFromFiles;
        Interlocked.Increment(ref _checked);
        if ((isNeeded || spec.Weights is not null) && !await store.ExistsAsync(name, cancellationToken))
            Add([ArtifactFault.Missing(name)], of, remedy);
        Add(await StoredNetwork.CheckAsync(store, spec, cancellationToken), of, remedy);
        if (spec.Images is not { } images)
            return;
        var listName = ArtifactNames.ImageList(images.Id);
        if (await ReadAsync(listName, cancellationToken) is not { } content)
        {
            Add([ArtifactFault.Missing(listName)], of, Remedy.RunFromFiles);
            return;
        }

        if (ReadList(content.Span, listName, images.Id) is not { } list)
        {
            Add([new ArtifactFault(listName, FaultKind.Damaged, "is not the list of its name")], of, Remedy.RunFromFiles);
            return;
        }

        await Parallel.ForEachAsync(list.Ids, cancellationToken, async (id, cancellation) => await CheckImageAsync(id, of, cancellation));
    }

    private static ImageList? ReadList(ReadOnlySpan<byte> content, string name, string id)
    {
        try
        {
            return ArtifactFormat.Read<ImageList>(content, name) is { Ids.IsDefaultOrEmpty: false } list && list.Id == id ? list : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _checked);
        return (await store.ReadAsync(name, cancellationToken))?.Content;
    }

    private void Add(IEnumerable<ArtifactFault> faults, string of, Remedy remedy)
    {
        foreach (var fault in faults)
            _findings.Add(new Finding(fault, of, remedy));
    }
}
