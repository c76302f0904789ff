using System.Text.Json;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Storage;

/// <summary>A number that was measured after a job, read with what proves it: it counts where it is of the very picture that the job's result names.</summary>
/// <param name="Measurement">The measurement, or null where it does not count.</param>
/// <param name="Fault">Why it does not count, or null.</param>
public sealed record StoredMeasurement(JobMeasurement? Measurement, ArtifactFault? Fault)
{
    /// <summary>Reads and checks a measurement.</summary>
    /// <param name="artifact">What is stored.</param>
    /// <param name="name">Its name.</param>
    /// <param name="result">The job's result.</param>
    /// <exception cref="StoreException">It is of a later format.</exception>
    public static StoredMeasurement Read(Artifact artifact, string name, JobResult result)
    {
        try
        {
            var measurement = ArtifactFormat.Read<JobMeasurement>(artifact.Content.Span, name);
            if (ArtifactSeal.Of(artifact.Content.Span).State == SealState.Broken)
                return new StoredMeasurement(null, ArtifactFault.Changed(name));
            if (name != ArtifactNames.JobMeasurement(result.JobId, measurement.Metric))
                return Foreign("is a measurement of another job or metric");
            return measurement.ReconstructionSha256 == result.ReconstructionSha256 && measurement.JobId == result.JobId
                ? new StoredMeasurement(measurement, null)
                : Foreign("was measured on another picture than the stored one");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return new StoredMeasurement(null, new ArtifactFault(name, FaultKind.Damaged, "cannot be read"));
        }

        StoredMeasurement Foreign(string problem) => new(null, new ArtifactFault(name, FaultKind.Foreign, problem));
    }

    /// <summary>The same, but a number of an earlier definition of its metric does not count.</summary>
    /// <param name="definition">The metric's present definition, from 1.</param>
    public StoredMeasurement Following(int definition) =>
        Measurement is { } earlier && (earlier.Definition ?? 1) < definition
            ? new StoredMeasurement(
                null,
                new ArtifactFault(
                    ArtifactNames.JobMeasurement(earlier.JobId, earlier.Metric),
                    FaultKind.Foreign,
                    "follows an earlier definition of its metric"
                )
            )
            : this;
}
