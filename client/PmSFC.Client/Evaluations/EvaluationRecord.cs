using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Reports;
using PmSFC.Storage;

namespace PmSFC.Client.Evaluations;

/// <summary>
/// What is kept of an evaluation, stored as <c>evaluations/{spec}/{sweep}/evaluation.json</c> with a seal that names the files of its report, which are stored next to it. A spec
/// and a generator have one evaluation, however often it is asked for.
/// </summary>
public sealed record EvaluationRecord
{
    /// <summary>Name of the spec.</summary>
    public required string Name { get; init; }

    /// <summary>Content id of the targets.</summary>
    public required string ImagesId { get; init; }

    /// <summary>Content id of the task, the seed and the methods as written.</summary>
    public required string MethodsId { get; init; }

    /// <summary>The sweep that was run.</summary>
    public required string SweepId { get; init; }

    /// <summary>The generator that was evaluated.</summary>
    public required string GeneratorId { get; init; }

    /// <summary>The generator's name then.</summary>
    public required string GeneratorName { get; init; }

    /// <summary>When the evaluation first came to its outcome; of evaluations of one spec the one with the latest time is the last.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it came to.</summary>
    public required EvaluationOutcome Outcome { get; init; }

    /// <summary>The sweep of the earlier evaluation that it was compared with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    /// <summary>Names of the metrics that the results had numbers of.</summary>
    public required ImmutableArray<string> Metrics { get; init; }

    /// <summary>The number that stands for the evaluation, or null where there is none.</summary>
    public EvaluationHeadline? Headline { get; init; }

    /// <summary>The verdicts of the gates, row by row; empty where there are none or nothing was compared.</summary>
    public required ImmutableArray<EvaluatedGate> Gates { get; init; }

    /// <summary>What the evaluations of the same history have in common.</summary>
    [JsonIgnore]
    public EvaluationSpec Spec => new(Name, ImagesId, MethodsId);

    /// <summary>Name of the report's page in the store.</summary>
    [JsonIgnore]
    public string Report => ArtifactNames.EvaluationFile(Spec.Id, SweepId, ReportFiles.HtmlName);

    /// <summary>Whether two records say the same.</summary>
    public bool SaysTheSameAs(EvaluationRecord other) => ArtifactJson.Write(this).AsSpan().SequenceEqual(ArtifactJson.Write(other));

    /// <summary>Reads a record.</summary>
    /// <param name="artifact">What is stored.</param>
    /// <param name="name">Under which name.</param>
    /// <param name="store">Where, for messages.</param>
    /// <exception cref="StoreException">It is damaged, another evaluation's, or of a later format.</exception>
    public static EvaluationRecord Read(Artifact artifact, string name, IArtifactStore store)
    {
        try
        {
            var record = ArtifactFormat.Read<EvaluationRecord>(artifact.Content.Span, name);
            if (ArtifactSeal.Of(artifact.Content.Span).State != SealState.Intact)
                throw Damaged("it has changed since it was stored");
            return ArtifactNames.Evaluation(record.Spec.Id, record.SweepId) == name
                ? record
                : throw Damaged("it is that of another evaluation");
        }
        catch (JsonException e)
        {
            throw Damaged(ArtifactFormat.Reason(artifact.Content.Span, e), e);
        }

        StoreException Damaged(string reason, Exception? cause = null) =>
            new(
                StoreFailure.Damaged,
                $"{name} in {store.Description} is not the record of that evaluation ({reason}); 'evaluate' of the same spec and generator writes it again, "
                    + "or delete it to remove the evaluation.",
                cause
            );
    }
}
