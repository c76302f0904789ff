using System.Collections.Immutable;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Reports;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Evaluations;

/// <summary>The evaluations that a store has.</summary>
public sealed class EvaluationHistory(IArtifactStore store)
{
    /// <summary>Every evaluation of every spec.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<EvaluationListing> ListAsync(CancellationToken cancellationToken = default)
    {
        var (records, problems) = (new List<EvaluationRecord>(), ImmutableArray.CreateBuilder<StoreException>());
        await foreach (var name in store.ListAsync(ArtifactNames.Evaluations, cancellationToken))
        {
            if (ArtifactNames.EvaluationOf(name) is null)
                continue;
            try
            {
                if (await store.ReadAsync(name, cancellationToken) is { } artifact)
                    records.Add(EvaluationRecord.Read(artifact, name, store));
            }
            catch (StoreException e) when (e.Kind is StoreFailure.Damaged or StoreFailure.Newer or StoreFailure.Refused)
            {
                problems.Add(e);
            }
        }

        return new EvaluationListing(
            [.. records.OrderByDescending(record => record.At).ThenBy(record => record.SweepId, StringComparer.Ordinal)],
            problems.ToImmutable()
        );
    }

    /// <summary>Whether the record is stored as it is and every file of its report with it, so that there is nothing to write.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<bool> HasAsync(EvaluationRecord record, CancellationToken cancellationToken = default)
    {
        var name = ArtifactNames.Evaluation(record.Spec.Id, record.SweepId);
        if (await store.ReadAsync(name, cancellationToken) is not { } artifact)
            return false;
        var seal = ArtifactSeal.Of(artifact.Content.Span);
        if (seal.State != SealState.Intact || !ArtifactFormat.Read<EvaluationRecord>(artifact.Content.Span, name).SaysTheSameAs(record))
            return false;
        foreach (var file in seal.Files.Keys)
        {
            var stored = await store.ReadAsync(ArtifactNames.EvaluationFile(record.Spec.Id, record.SweepId, file), cancellationToken);
            if (stored is null || seal.Proves(file, stored.Content.Span) != true)
                return false;
        }

        return true;
    }

    /// <summary>Writes an evaluation in the place of an earlier one of the same spec and sweep: its report first, then its record.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task WriteAsync(
        EvaluationRecord record,
        IReadOnlyCollection<ReportDocument> report,
        CancellationToken cancellationToken = default
    )
    {
        var (spec, sweep) = (record.Spec.Id, record.SweepId);
        foreach (var file in report)
            await store.PutAsync(ArtifactNames.EvaluationFile(spec, sweep, file.Name), file.Content, cancellationToken);
        var name = ArtifactNames.Evaluation(spec, sweep);
        var content = ArtifactSeal.Close(ArtifactJson.Write(record), report.Select(file => (file.Name, file.Content)));
        if (
            await store.ReadAsync(name, cancellationToken) is { Content: { Length: > 0 } known }
            && ArtifactSeal.Of(known.Span).State != SealState.Intact
        )
            await store.WriteOnceAsync(ArtifactNames.SetAside(name, Sha256Text.Of(known.Span)), known, cancellationToken);
        await store.PutAsync(name, content, cancellationToken);
    }
}
