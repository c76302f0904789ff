using System.Text.Json;
using PmSFC.Abstractions.Jobs;
using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>A job's result as it is stored, with its picture. The job is done where neither has a fault.</summary>
public sealed record StoredResult
{
    /// <summary>What <c>result.json</c> says, or null where it cannot be believed.</summary>
    public JobResult? Result { get; private init; }

    /// <summary>Whether and how the result proves itself and its files.</summary>
    public required ArtifactSeal Seal { get; init; }

    /// <summary>The reconstruction's PNG that the result was measured on, or null where it is not there.</summary>
    public ReadOnlyMemory<byte>? Picture { get; private init; }

    /// <summary>Why the job is not done although a result is there, or null.</summary>
    public ArtifactFault? Fault { get; private init; }

    /// <summary>Reads a job's result and picture and checks them.</summary>
    /// <returns>Null where there is no result.</returns>
    /// <exception cref="StoreException">The store failed, or the result is of a later format.</exception>
    public static async Task<StoredResult?> ReadAsync(IArtifactStore store, string jobId, CancellationToken cancellationToken = default)
    {
        if (await store.ReadAsync(ArtifactNames.JobResult(jobId), cancellationToken) is not { } artifact)
            return null;
        var result = Read(artifact.Content.Span, jobId);
        if (result.Result is not { } known)
            return result;
        var name = ArtifactNames.JobReconstruction(jobId);
        if (await store.ReadAsync(name, cancellationToken) is not { } picture)
            return result with { Fault = ArtifactFault.Missing(name) };
        return Sha256Text.Of(picture.Content.Span) == known.ReconstructionSha256
            ? result with
            {
                Picture = picture.Content,
            }
            : result with
            {
                Fault = new ArtifactFault(name, FaultKind.Damaged, "is not the picture that its result was measured on"),
            };
    }

    private static StoredResult Read(ReadOnlySpan<byte> content, string jobId)
    {
        var name = ArtifactNames.JobResult(jobId);
        var seal = ArtifactSeal.Of(content);
        try
        {
            var result = ArtifactFormat.Read<JobResult>(content, name);
            if (seal.State == SealState.Broken)
                return new StoredResult { Seal = seal, Fault = ArtifactFault.Changed(name) };
            return result.JobId == jobId && result.Spec.Id == jobId
                ? new StoredResult { Seal = seal, Result = result }
                : new StoredResult
                {
                    Seal = seal,
                    Fault = new ArtifactFault(name, FaultKind.Foreign, $"is the result of another job, {result.Spec.Id}"),
                };
        }
        catch (JsonException e)
        {
            return new StoredResult
            {
                Seal = seal,
                Fault = new ArtifactFault(name, FaultKind.Damaged, $"cannot be read ({ArtifactFormat.Reason(content, e)})"),
            };
        }
    }
}
