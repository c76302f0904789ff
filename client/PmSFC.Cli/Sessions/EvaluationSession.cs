using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Evaluations;
using PmSFC.Client.Gates;
using PmSFC.Client.Results;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>What follows the sweep of an evaluation: the comparison with the last earlier one, the gates, the report and the record.</summary>
/// <param name="invocation">The call.</param>
/// <param name="store">Where everything is.</param>
/// <param name="gates">What the generator must keep; empty for none.</param>
/// <param name="folder">A folder that is to have the report too, or null.</param>
internal sealed class EvaluationSession(Invocation invocation, IArtifactStore store, ImmutableArray<Gate> gates, string? folder)
{
    private readonly EvaluationHistory _history = new(store);

    /// <summary>
    /// Judges the results, stores the evaluation where it is not stored as it is, and tells it. One that is repeated is compared with what it was compared
    /// with first, so that its outcome stays.
    /// </summary>
    /// <param name="spec">The sweep's spec, with its generator.</param>
    /// <param name="card">The generator.</param>
    /// <param name="table">The sweep's results.</param>
    /// <exception cref="BadInputException">A gate cannot be decided; nothing is stored of the evaluation then.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<EvaluationRecord> CloseAsync(SweepSpec spec, GeneratorCard card, SweepTable table)
    {
        var (key, cancellationToken) = (EvaluationSpec.Of(spec), invocation.CancellationToken);
        var (records, problems) = await _history.ListAsync(cancellationToken);
        // What a later version wrote may be the evaluation to compare with.
        if (problems.FirstOrDefault(problem => problem.Kind == StoreFailure.Newer) is { } newer)
            throw newer;
        foreach (var problem in problems)
            invocation.Note($"Left out of the history: {problem.Message}");
        var isComplete = table.Jobs.All(job => job.Result is not null);
        var known = records.FirstOrDefault(record => record.Spec == key && record.SweepId == table.Plan.Id);
        var isRepeated = isComplete && known is { Outcome: not EvaluationOutcome.Incomplete };
        var earlier =
            !isComplete ? null
            : !isRepeated ? await FindEarlierAsync(records.Where(record => record.Spec == key && record.SweepId != table.Plan.Id))
            : known!.Against is { } against ? await ReadAsync(against)
            : null;
        var comparison = earlier is null ? null : new SweepComparison(earlier, table, MetricColumns.All);
        var review = comparison is null || gates.IsEmpty ? null : new GateReview(comparison, gates);
        var outcome = (isComplete, comparison, review) switch
        {
            (false, _, _) => EvaluationOutcome.Incomplete,
            (_, null, _) => EvaluationOutcome.First,
            (_, _, null) => EvaluationOutcome.Compared,
            (_, _, { Passed: true }) => EvaluationOutcome.Passed,
            _ => EvaluationOutcome.Failed,
        };
        var record = new EvaluationRecord
        {
            Name = key.Name,
            ImagesId = key.ImagesId,
            MethodsId = key.MethodsId,
            SweepId = table.Plan.Id,
            GeneratorId = card.Id,
            GeneratorName = card.Name,
            At = isRepeated ? known!.At : invocation.Host.Time.GetUtcNow(),
            Outcome = outcome,
            Against = earlier?.Plan.Id,
            Images = table.Plan.Images.Length,
            Metrics = [.. table.Metrics.Select(metric => metric.Name)],
            Headline = EvaluationHeadline.Of(table, gates.FirstOrDefault()?.Metric.Name),
            Gates = [.. review?.Verdicts.Select(EvaluatedGate.Of) ?? []],
        };
        var isStored = await _history.HasAsync(record, cancellationToken);
        await WriteAsync(record, isStored, table, comparison, review);
        await TellAsync(record, isStored, table, comparison, review, records);
        return record;
    }

    /// <summary>The results of the latest of some evaluations that can be read.</summary>
    private async Task<SweepTable?> FindEarlierAsync(IEnumerable<EvaluationRecord> candidates)
    {
        foreach (var record in candidates.Where(record => record.Outcome != EvaluationOutcome.Incomplete))
        {
            try
            {
                return await ReadAsync(record.SweepId);
            }
            catch (Exception e) when (e is BadInputException or StoreException { Kind: StoreFailure.Damaged })
            {
                invocation.Note($"Not compared with the evaluation of {record.GeneratorName} at {Time(record.At)}: {e.Message}");
            }
        }

        return null;
    }

    private Task<SweepTable> ReadAsync(string sweepId) => new StoredSweeps(invocation, store).ReadTableAsync(sweepId);

    private async Task WriteAsync(EvaluationRecord record, bool isStored, SweepTable table, SweepComparison? comparison, GateReview? review)
    {
        if (isStored && folder is null)
            return;
        var report = await EvaluationReport.RenderAsync(
            store,
            table,
            record.GeneratorName,
            comparison,
            review,
            invocation.Host.Time,
            invocation.CancellationToken
        );
        if (folder is not null)
            foreach (var file in report)
                await OutputFolder.WriteAsync(folder, file.Name, file.Content, invocation.CancellationToken);
        if (!isStored)
            await _history.WriteAsync(record, report, invocation.CancellationToken);
    }

    private async Task TellAsync(
        EvaluationRecord record,
        bool isStored,
        SweepTable table,
        SweepComparison? comparison,
        GateReview? review,
        ImmutableArray<EvaluationRecord> records
    )
    {
        await new ResultPrinter(invocation, store).TellAsync(table, folder: null);
        if (comparison is not null)
            new ComparisonPrinter(invocation).Tell(comparison, review);
        var sentence = record.Outcome switch
        {
            EvaluationOutcome.Incomplete =>
                $"Not compared, since {Amounts.Count(table.Jobs.Count(job => job.Result is null), "job")} have no result; the same command tries them again.",
            EvaluationOutcome.First => $"There is no earlier evaluation of this spec to compare with.{OtherSpecs(record.Spec, records)}",
            EvaluationOutcome.Compared => "It was compared; the spec has no gates.",
            EvaluationOutcome.Passed => $"Every gate passed against the evaluation of {GeneratorOf(record.Against!, records)}.",
            _ => $"A gate failed against the evaluation of {GeneratorOf(record.Against!, records)}.",
        };
        invocation.Say($"Evaluation '{record.Name}' of generator {record.GeneratorName}, {Time(record.At)}: {sentence}");
        invocation.Say($"{(isStored ? "Its report was stored before" : "Its report is stored")}: {record.Report} in {store.Description}");
        if (!invocation.Json)
            return;
        invocation.Lines.Write(
            new
            {
                Event = "evaluation",
                Spec = record.Spec.Id,
                record.Name,
                Sweep = record.SweepId,
                Generator = record.GeneratorId,
                record.GeneratorName,
                record.At,
                record.Outcome,
                Passed = record.Outcome is not (EvaluationOutcome.Failed or EvaluationOutcome.Incomplete),
                record.Against,
                record.Images,
                record.Headline,
                record.Gates,
                Sentence = sentence,
                Stored = !isStored,
                record.Report,
                Store = store.Description,
            }
        );
    }

    private static string GeneratorOf(string sweepId, ImmutableArray<EvaluationRecord> records)
    {
        var earlier = records.FirstOrDefault(record => record.SweepId == sweepId);
        return earlier is null ? $"sweep {Amounts.ShortId(sweepId)}" : $"{earlier.GeneratorName}, {Time(earlier.At)}";
    }

    /// <summary>What tells a user whose spec changed why there is nothing to compare with.</summary>
    private static string OtherSpecs(EvaluationSpec spec, ImmutableArray<EvaluationRecord> records)
    {
        if (records.FirstOrDefault(record => record.Name == spec.Name && record.Spec != spec) is not { } other)
            return "";
        var differ =
            other.ImagesId != spec.ImagesId
                ? other.MethodsId != spec.MethodsId
                    ? "images, and other methods, settings, task or seed"
                    : "images"
                : "methods, settings, task or seed";
        return $" The last one called '{spec.Name}', {Time(other.At)}, had other {differ}.";
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
