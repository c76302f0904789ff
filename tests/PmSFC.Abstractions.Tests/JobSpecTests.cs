using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Tests;

public sealed class JobSpecTests
{
    private static readonly JobSpec Spec = new()
    {
        GeneratorId = "g",
        Task = "inversion",
        Method = "pmsfc",
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("codes", "5").Add("split", "3"),
        SubspaceSetId = null,
        ImageId = "i",
        Seed = 7,
    };

    [Fact]
    public void Id_OfATaskWithoutSettings_IsWhatItWasBeforeTasksHadAny()
    {
        Spec.Id.ShouldBe("c0b9088bfea20d02fa7b12b791b5ad6d");
        Spec.BatchKey.ShouldBe("3c9c18f37e74a449cb1e553c8393f5c7");
    }

    [Fact]
    public void Id_OfANetwork_DependsOnItOnlyWhereThereIsOne()
    {
        var (one, other) = (Spec with { NetworkId = "n" }, Spec with { NetworkId = "m" });

        new[] { Spec.Id, one.Id, other.Id }.ShouldBeUnique();
        new[] { Spec.BatchKey, one.BatchKey, other.BatchKey }.ShouldBeUnique();
        (one with { NetworkId = null }).Id.ShouldBe(Spec.Id);
    }

    [Fact]
    public void Id_OfATaskWithSettings_DependsOnThem()
    {
        var four = Spec with { TaskSettings = Spec.TaskSettings.Add("factor", "4") };
        var two = Spec with { TaskSettings = Spec.TaskSettings.Add("factor", "2") };

        new[] { Spec.Id, four.Id, two.Id }.ShouldBeUnique();
        new[] { Spec.BatchKey, four.BatchKey, two.BatchKey }.ShouldBeUnique();
    }
}
