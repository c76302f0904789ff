using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;
using PmSFC.Silo.Hosting;
using PmSFC.Storage;

namespace PmSFC.Silo.Measuring;

/// <summary>
/// Measures the metrics that a sweep's results lack, from the stored targets and reconstructions. Every number is written once and at once, so it may
/// be stopped and repeated at any time, also while the sweep runs.
/// </summary>
/// <param name="store">Where the results are.</param>
/// <param name="metrics">The metrics.</param>
public sealed class SweepMeasuring(IArtifactStore store, MetricSet metrics)
{
    /// <summary>Measures what is missing of every result that is stored now.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="progress">Told how many of the plan's images are done.</param>
    /// <param name="cancellationToken">Stops between two numbers.</param>
    /// <returns>A summary for each metric, in the order of columns.</returns>
    /// <exception cref="BadInputException">A stored image or result is missing or is not what it was.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<MeasuringSummary>> MeasureAsync(SweepPlan plan, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var outcomes = new List<Outcome>();
        foreach (var (done, image) in plan.Jobs().DistinctBy(job => job.Spec.Id).GroupBy(job => job.Spec.ImageId, StringComparer.Ordinal).Index())
        {
            var target = new Lazy<Task<RgbImage>>(() => ReadTarget(image.Key, cancellationToken));
            foreach (var job in image) await MeasureJob(job.Spec.Id, target, outcomes, cancellationToken);
            progress?.Report(done + 1);
        }

        var byMetric = outcomes.ToLookup(outcome => outcome.Metric);
        return
        [
            .. metrics.Metrics.Select(metric => new MeasuringSummary(
                metric.Name,
                byMetric[metric.Name].Count(outcome => !outcome.Kept),
                byMetric[metric.Name].Count(outcome => outcome.Kept),
                byMetric[metric.Name].Count(outcome => outcome.HasOtherWeights),
                [.. byMetric[metric.Name].Select(outcome => outcome.Undefined).OfType<string>().Distinct(StringComparer.Ordinal)])),
        ];
    }

    private async Task MeasureJob(string id, Lazy<Task<RgbImage>> target, List<Outcome> outcomes, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(ArtifactNames.JobResult(id), cancellationToken) is not { } stored) return;
        var result = Parse<JobResult>(stored, ArtifactNames.JobResult(id));
        RgbImage? reconstruction = null;
        foreach (var metric in metrics.Metrics)
        {
            if (result.Metrics.ContainsKey(metric.Name))
            {
                outcomes.Add(new Outcome(metric.Name, Kept: true, HasOtherWeights: false, Undefined: null));
                continue;
            }

            var name = ArtifactNames.JobMeasurement(id, metric.Name);
            var before = await store.ReadAsync(name, cancellationToken);
            if (before is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reconstruction ??= await ReadReconstruction(result, cancellationToken);
                var measurement = Measure(metric, await target.Value, reconstruction, result);
                if (await store.WriteOnceAsync(name, ArtifactJson.Write(measurement), cancellationToken) == WriteOutcome.Created)
                {
                    outcomes.Add(new Outcome(metric.Name, Kept: false, HasOtherWeights: false, measurement.Undefined));
                    continue;
                }

                before = await store.ReadAsync(name, cancellationToken) ?? throw new BadInputException($"{name} has gone while it was read; measure again.");
            }

            var kept = Parse<JobMeasurement>(before, name);
            var sameWeights = kept.Weights.Select(file => file.Sha256).SequenceEqual(metric.Weights.Select(file => file.Sha256), StringComparer.Ordinal);
            outcomes.Add(new Outcome(metric.Name, Kept: true, !sameWeights, kept.Undefined));
        }
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

    private async Task<RgbImage> ReadTarget(string id, CancellationToken cancellationToken) => await Decode(ArtifactNames.Image(id), sha256: null, cancellationToken);

    private Task<RgbImage> ReadReconstruction(JobResult result, CancellationToken cancellationToken) =>
        Decode(ArtifactNames.JobReconstruction(result.JobId), result.ReconstructionSha256, cancellationToken);

    private async Task<RgbImage> Decode(string name, string? sha256, CancellationToken cancellationToken)
    {
        var artifact = await store.ReadAsync(name, cancellationToken) ?? throw new BadInputException($"The store has no {name}, which a result needs; resume the sweep.");
        if (sha256 is not null && Convert.ToHexStringLower(SHA256.HashData(artifact.Content.Span)) != sha256)
            throw new BadInputException($"{name} is not the picture that its result was measured on; delete the job's result and resume the sweep.");
        return ImageFile.Decode(artifact.Content.Span, name).Image;
    }

    private static T Parse<T>(Artifact artifact, string name)
    {
        try
        {
            return ArtifactFormat.Read<T>(artifact.Content.Span, name);
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{name} cannot be read ({e.Message.TrimEnd('.')}); delete it and repeat the command.");
        }
    }

    private sealed record Outcome(string Metric, bool Kept, bool HasOtherWeights, string? Undefined);
}
