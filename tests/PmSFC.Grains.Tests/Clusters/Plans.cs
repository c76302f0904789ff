using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Tests.Clusters;

internal static class Plans
{
    public static SweepPlan Plan(
        int images,
        int cells = 1,
        SubspaceSpec? subspaces = null,
        long bytes = 1,
        string owner = "ann",
        string name = "test",
        NetworkSpec? network = null,
        string generator = "generator",
        params PlannedPreparation[] preparations
    ) =>
        new()
        {
            Name = name,
            GeneratorId = generator,
            Task = "inversion",
            Images = [.. Enumerable.Range(0, images).Select(i => new ImageReference { Id = $"image{i}", Name = $"{i}" })],
            Cells =
            [
                .. Enumerable
                    .Range(0, cells)
                    .Select(i => new SweepCell
                    {
                        Label = $"cell {i}",
                        Method = "fake",
                        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("which", $"{i}"),
                        Subspaces = subspaces,
                        Network = network,
                        Preparations = preparations.Length == 0 ? default : [.. preparations],
                        NetworkBytes = network is null ? 0 : bytes,
                        Iterations = 3,
                        BytesPerJob = bytes,
                        MultiplyAddsPerIteration = 1,
                    }),
            ],
            Seed = 7,
            Owner = owner,
            Priority = 0,
        };

    public static SubspaceSpec Subspaces(string method, SubspaceSpec? sizesOf = null) =>
        new()
        {
            GeneratorId = "generator",
            Method = method,
            Settings = ImmutableSortedDictionary<string, string>.Empty,
            Seed = 1,
            SizesOf = sizesOf,
        };

    public static NetworkSpec Network(string kind) =>
        new()
        {
            GeneratorId = "generator",
            Kind = kind,
            Settings = ImmutableSortedDictionary<string, string>.Empty,
            Seed = 1,
        };

    public static PreparationSpec Statistics() =>
        new()
        {
            Kind = "statistics",
            GeneratorId = "generator",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("samples", "10"),
            Seed = 1,
        };

    public static int Count(this SweepStatus status, Abstractions.Jobs.JobState state) =>
        status.Cells.Sum(c => c.Jobs.GetValueOrDefault(state));
}
