using System.Collections.Immutable;
using PmSFC.Abstractions.Preparations;
using PmSFC.Engine;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Silo.Planning;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Planning;

/// <summary>What methods and discoveries need becomes specs, each after what it is made from itself.</summary>
public sealed class PreparationPlannerTests
{
    private readonly GeneratorArchitecture _architecture = EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").Architecture;
    private readonly List<string> _issues = [];

    [Fact]
    public void Plan_KindThatNeedsAnother_GivesBothAndMarksWhatJobsRead()
    {
        var planned = Plan(new PreparationNeed("second"));

        _issues.ShouldBeEmpty();
        planned.Select(item => (item.Spec.Kind, item.IsReadByJobs)).ShouldBe([("statistics", false), ("second", true)]);
        PreparationPlanner.MadeFrom(planned).Select(spec => spec.Kind).ShouldBe(["second"]);
        planned[1].Spec.MadeFrom.Select(spec => spec.Id).ShouldBe([planned[0].Spec.Id]);
        planned.ShouldAllBe(item => item.Bytes > 0);
    }

    [Fact]
    public void Plan_ReadByJobsAndByAnother_IsMadeOnceAndReadByJobs() =>
        Plan(new PreparationNeed("second"), new PreparationNeed("statistics"))
            .Select(item => (item.Spec.Kind, item.IsReadByJobs))
            .ShouldBe([("statistics", true), ("second", true)]);

    [Fact]
    public void MadeFrom_OfNothing_IsLeftOut() => PreparationPlanner.MadeFrom([]).IsDefault.ShouldBeTrue();

    [Theory]
    [InlineData("statistic", "statistics")]
    [InlineData("third", "third")]
    public void Plan_UnknownKind_SaysSo(string kind, string expected)
    {
        Plan(new PreparationNeed(kind)).ShouldBeEmpty();
        _issues.ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Fact]
    public void Plan_OneKindTwice_SaysSo()
    {
        Plan(new PreparationNeed("statistics"), new PreparationNeed("statistics", new Dictionary<string, string> { ["samples"] = "8" }));

        _issues
            .ShouldHaveSingleItem()
            .ShouldBe("It needs the preparation 'statistics' twice, but what is prepared is found by its kind; let it name the kind once.");
    }

    [Fact]
    public void Plan_SettingsOutOfRange_SaysWhose()
    {
        Plan(new PreparationNeed("statistics", new Dictionary<string, string> { ["samples"] = "0" })).ShouldBeEmpty();
        _issues.ShouldHaveSingleItem().ShouldStartWith("It needs the preparation 'statistics': ");
    }

    private ImmutableArray<PlannedPreparation> Plan(params PreparationNeed[] needs)
    {
        var engine = EngineCatalog.BuiltIn with { Preparations = [.. EngineCatalog.BuiltIn.Preparations, new Second()] };
        return new PreparationPlanner(engine, "generator", _architecture, seed: 1).Plan(needs, _issues);
    }

    /// <summary>A kind that is made from statistics.</summary>
    private sealed class Second : IPreparationKind
    {
        public string Name => "second";

        public SettingsSchema Settings { get; } = new([], new Dictionary<string, IReadOnlyDictionary<string, string>>());

        public IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [new("statistics")];

        public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture) =>
            WorkEstimate.OfOptimization(1, 0, 0, 0);

        public ContentRun Start(IGenerator generator, ResolvedSettings settings, long seed, PreparedContents prepared) =>
            throw new NotSupportedException();
    }
}
