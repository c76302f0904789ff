using System.Collections.Immutable;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>A sweep as its user wrote it: methods × settings × images × task. The planner makes a <see cref="SweepPlan"/> of it.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepSpec")]
public sealed record SweepSpec
{
    /// <summary>Name for people; not part of the sweep's id.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Id of the generator.</summary>
    [Id(1)]
    public required string GeneratorId { get; init; }

    /// <summary>Name of the task.</summary>
    [Id(2)]
    public required string Task { get; init; }

    /// <summary>Prepared target images, stored already.</summary>
    [Id(3)]
    public required ImmutableArray<ImageReference> Images { get; init; }

    /// <summary>Methods with the settings to try.</summary>
    [Id(4)]
    public required ImmutableArray<MethodSpec> Methods { get; init; }

    /// <summary>Seed of every job.</summary>
    [Id(5)]
    public required long Seed { get; init; }

    /// <summary>Whose fair share the sweep counts against; not part of its id.</summary>
    [Id(6)]
    public required string Owner { get; init; }

    /// <summary>Higher runs first; not part of its id.</summary>
    [Id(7)]
    public required int Priority { get; init; }

    /// <summary>The task's settings as written; images that they name are stored already and named by their content ids.</summary>
    [Id(8)]
    public ImmutableSortedDictionary<string, string> TaskSettings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How many jobs may fail before the sweep stops, or null for any number; not part of its id.</summary>
    [Id(9)]
    public FailureBudget? FailureBudget { get; init; }
}
