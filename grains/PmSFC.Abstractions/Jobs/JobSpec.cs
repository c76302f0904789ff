using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Identity;

namespace PmSFC.Abstractions.Jobs;

/// <summary>Everything that the result of one inversion job is a function of.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.JobSpec")]
public sealed record JobSpec
{
    /// <summary>Id of the generator.</summary>
    [Id(0)]
    public required string GeneratorId { get; init; }

    /// <summary>Name of the task, for example <c>inversion</c>.</summary>
    [Id(1)]
    public required string Task { get; init; }

    /// <summary>Name of the inversion method, for example <c>pmsfc</c>.</summary>
    [Id(2)]
    public required string Method { get; init; }

    /// <summary>Every setting of the method in canonical text.</summary>
    [Id(3)]
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>Id of the subspace set, or null for a method that uses none.</summary>
    [Id(4)]
    public string? SubspaceSetId { get; init; }

    /// <summary>Content id of the prepared target image.</summary>
    [Id(5)]
    public required string ImageId { get; init; }

    /// <summary>Seed that the sweep gives; the job's draws are seeded by its <see cref="Id"/>, of which this is a part.</summary>
    [Id(6)]
    public required long Seed { get; init; }

    /// <summary>Every setting of the task in canonical text.</summary>
    [Id(7)]
    public ImmutableSortedDictionary<string, string> TaskSettings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Id of the trained network, or null for a method that uses none.</summary>
    [Id(8)]
    public string? NetworkId { get; init; }

    /// <summary>Ids of what else it needs that is made once, by kind, or null for a job that needs no such thing.</summary>
    [Id(9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, string>? Preparations { get; init; }

    /// <summary>The job's id. It does not depend on workers, order, batches, time or host.</summary>
    public string Id =>
        WithLaterFields(
                new ContentId("job")
                    .With("generator", GeneratorId)
                    .With("task", Task)
                    .With("method", Method)
                    .With("settings", Settings)
                    .With("subspaces", SubspaceSetId)
                    .With("image", ImageId)
                    .With("seed", Seed)
                    .With("task-settings", TaskSettings)
            )
            .ToString();

    /// <summary>Equal for jobs that one batch can hold: all that differs between them is the image.</summary>
    public string BatchKey =>
        WithLaterFields(
                new ContentId("batch")
                    .With("generator", GeneratorId)
                    .With("task", Task)
                    .With("method", Method)
                    .With("settings", Settings)
                    .With("subspaces", SubspaceSetId)
                    .With("task-settings", TaskSettings)
            )
            .ToString();

    /// <summary>Ids of everything that must be stored before the job can run.</summary>
    public IEnumerable<string> PreparationIds() => new[] { SubspaceSetId, NetworkId }.OfType<string>().Concat(Preparations?.Values ?? []);

    // Fields of their own only where there is something to say, so that ids from before there were any stay what they are.
    private ContentId WithLaterFields(ContentId id)
    {
        if (NetworkId is not null)
            id.With("network", NetworkId);
        if (Preparations is not null)
            id.With("preparations", Preparations);
        return id;
    }
}
