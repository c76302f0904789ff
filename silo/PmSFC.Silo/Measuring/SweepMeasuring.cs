using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;
using PmSFC.Silo.Hosting;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Silo.Measuring;

/// <summary>
/// Measures the metrics that a sweep's results lack, from the stored targets and reconstructions. Every number is written once and at once, so it may
/// be stopped and repeated at any time, also while the sweep runs.
/// </summary>
/// <param name="store">Where the results are.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="otherWeights">What becomes of numbers of other weights.</param>
public sealed class SweepMeasuring(IArtifactStore store, MetricSet metrics, OtherWeights otherWeights = OtherWeights.Keep)
{
    /// <summary>Measures what is missing of every sound result that is stored now.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="progress">Told how many of the plan's images are done.</param>
    /// <param name="cancellationToken">Stops between two numbers.</param>
    /// <returns>What was measured, and which results could not be.</returns>
    /// <exception cref="BadInputException">Another process changes the same numbers.</exception>
    /// <exception cref="StoreException">The store failed, or something is of a later format.</exception>
    public async Task<MeasuringOutcome> MeasureAsync(
        SweepPlan plan,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var (outcomes, findings) = (new List<Outcome>(), new List<Finding>());
        foreach (
            var (done, image) in plan.Jobs().DistinctBy(job => job.Spec.Id).GroupBy(job => job.Spec.ImageId, StringComparer.Ordinal).Index()
        )
        {
            var target = new Lazy<Task<StoredTarget>>(() => StoredTarget.ReadAsync(store, image.Key, cancellationToken));
            foreach (var job in image)
                if (await MeasureJobAsync(job, target, outcomes, cancellationToken) is { } finding)
                    findings.Add(finding);
            progress?.Report(done + 1);
        }

        var byMetric = outcomes.ToLookup(outcome => outcome.Metric);
        return new MeasuringOutcome(
            [
                .. metrics.Metrics.Select(metric => new MeasuringSummary(
                    metric.Name,
                    byMetric[metric.Name].Count(outcome => !outcome.Kept),
                    byMetric[metric.Name].Count(outcome => outcome.Kept),
                    byMetric[metric.Name].Count(outcome => outcome.HasOtherWeights),
                    [.. byMetric[metric.Name].Select(outcome => outcome.Undefined).OfType<string>().Distinct(StringComparer.Ordinal)]
                )),
            ],
            [.. findings.DistinctBy(finding => finding.Fault.Artifact).OrderBy(finding => finding.Fault.Artifact, StringComparer.Ordinal)]
        );
    }

    /// <returns>Why the job's result cannot be measured, or null.</returns>
    private async Task<Finding?> MeasureJobAsync(
        PlannedJob job,
        Lazy<Task<StoredTarget>> target,
        List<Outcome> outcomes,
        CancellationToken cancellationToken
    )
    {
        var id = job.Spec.Id;
        if (await StoredResult.ReadAsync(store, id, cancellationToken) is not { } stored)
            return null;
        if (stored.Fault is { } fault)
            return new Finding(fault, $"{job.Cell.Label}, {job.Image.Name}", Remedy.Resume);
        var result = stored.Result!;
        RgbImage? reconstruction = null;
        foreach (var metric in metrics.Metrics)
        {
            if (result.Metrics.ContainsKey(metric.Name))
            {
                outcomes.Add(new Outcome(metric.Name, Kept: true, HasOtherWeights: false, Undefined: null));
                continue;
            }

            var name = ArtifactNames.JobMeasurement(id, metric.Name);
            var kept = await ReadKeptAsync(name, result, metric, cancellationToken);
            if (kept is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reconstruction ??= ImageFile.Decode(stored.Picture!.Value.Span, ArtifactNames.JobReconstruction(id)).Image;
                var (reference, missing) = await target.Value;
                if (reference is null)
                    return new Finding(missing!, job.Image.Name, Remedy.RunFromFiles);
                var measurement = Measure(metric, reference, reconstruction, result);
                // What was measured is stored, also where it was told to stop meanwhile.
                var storing = store.With(store.Patience with { Leaving = cancellationToken });
                if (
                    await storing.WriteOnceAsync(name, ArtifactSeal.Close(ArtifactJson.Write(measurement)), CancellationToken.None)
                    == WriteOutcome.Created
                )
                {
                    outcomes.Add(new Outcome(metric.Name, Kept: false, HasOtherWeights: false, measurement.Undefined));
                    continue;
                }

                kept = await ReadKeptAsync(name, result, metric, cancellationToken)
                    ?? throw new BadInputException($"{name} has changed while it was read; measure again.");
            }

            outcomes.Add(new Outcome(metric.Name, Kept: true, !IsOf(metric, kept), kept.Undefined));
        }

        return null;
    }

    private static bool IsOf(IImageMetric metric, JobMeasurement measurement) =>
        measurement.Weights.Select(file => file.Sha256).SequenceEqual(metric.Weights.Select(file => file.Sha256), StringComparer.Ordinal);

    /// <summary>The number that is stored for a result and stays. One of another picture or an earlier definition, or that is damaged, is set aside.</summary>
    private async Task<JobMeasurement?> ReadKeptAsync(
        string name,
        JobResult result,
        IImageMetric metric,
        CancellationToken cancellationToken
    )
    {
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return null;
        var stored = StoredMeasurement.Read(artifact, name, result).Following(metric.Definition);
        if (stored.Measurement is { } sound && (otherWeights == OtherWeights.Keep || IsOf(metric, sound)))
            return sound;
        await store.SetAsideAsync(name, cancellationToken);
        return null;
    }

    private static JobMeasurement Measure(IImageMetric metric, RgbImage target, RgbImage reconstruction, JobResult result)
    {
        var measurement = Measurement.Of(metric, target, reconstruction);
        return new JobMeasurement
        {
            JobId = result.JobId,
            Metric = metric.Name,
            Value = measurement.Value,
            Undefined = measurement.Undefined,
            Definition = metric.Definition > 1 ? metric.Definition : null,
            Weights = [.. metric.Weights.Select(file => new MeasurementWeights(file.Name, file.Sha256))],
            ReconstructionSha256 = result.ReconstructionSha256,
            ProductVersion = Product.Version,
        };
    }

    private sealed record Outcome(string Metric, bool Kept, bool HasOtherWeights, string? Undefined);
}
