using System.Collections.Immutable;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Evaluations;

namespace PmSFC.Client.Tests.Evaluations;

public sealed class EvaluationSpecTests
{
    private static readonly SweepSpec Spec = new()
    {
        Name = "nightly",
        GeneratorId = "g1",
        Task = "super-resolution",
        TaskSettings = ImmutableSortedDictionary<string, string>.Empty.Add("factor", "4"),
        Images = [new ImageReference { Id = "i1", Name = "a" }, new ImageReference { Id = "i2", Name = "b" }],
        Methods =
        [
            new MethodSpec
            {
                Method = "pmsfc",
                Label = "ours",
                Preset = "tuned",
                Settings = Settings(("codes", "1"), ("codes", "3"), ("split", "3")),
                Subspaces = new DiscoverySpec
                {
                    Method = "random",
                    Settings = Settings(),
                    Seeds = [0, 1],
                    SizesOf = new DiscoverySpec
                    {
                        Method = "self-expressive",
                        Preset = "tuned",
                        Settings = Settings(),
                    },
                },
            },
            new MethodSpec
            {
                Method = "esrgan",
                Settings = Settings(),
                Network = new TrainingSpec
                {
                    Preset = "quick",
                    Settings = Settings(("width", "32")),
                    Seeds = [7],
                    Images = new ImageListReference { Id = "l1", Count = 3 },
                },
            },
        ],
        Seed = 5,
        Owner = "me",
        Priority = 0,
    };

    public static TheoryData<string, SweepSpec> Others =>
        new()
        {
            { "name", Spec with { Name = "weekly" } },
            { "task", Spec with { Task = "inversion" } },
            { "task settings", Spec with { TaskSettings = Spec.TaskSettings.SetItem("factor", "2") } },
            { "order of images", Spec with { Images = [Spec.Images[1], Spec.Images[0]] } },
            { "fewer images", Spec with { Images = [Spec.Images[0]] } },
            { "seed", Spec with { Seed = 6 } },
            { "order of methods", Spec with { Methods = [Spec.Methods[1], Spec.Methods[0]] } },
            { "label", WithFirst(Spec.Methods[0] with { Label = null }) },
            { "preset", WithFirst(Spec.Methods[0] with { Preset = "paper" }) },
            { "settings", WithFirst(Spec.Methods[0] with { Settings = Settings(("codes", "1"), ("split", "3")) }) },
            { "discovery's seeds", WithFirst(Spec.Methods[0] with { Subspaces = Spec.Methods[0].Subspaces! with { Seeds = [0] } }) },
            { "discovery's sizes", WithFirst(Spec.Methods[0] with { Subspaces = Spec.Methods[0].Subspaces! with { SizesOf = null } }) },
            {
                "network's images",
                Spec with
                {
                    Methods = [Spec.Methods[0], Spec.Methods[1] with { Network = Spec.Methods[1].Network! with { Images = null } }],
                }
            },
        };

    /// <summary>The id names where evaluations are stored: it is a promise. SHA-256 of the canonical texts, computed by another program.</summary>
    [Fact]
    public void Id_Spec_IsTheOneThatIsPromised()
    {
        var spec = EvaluationSpec.Of(Spec);

        (spec.ImagesId, spec.MethodsId, spec.Id).ShouldBe(
            ("6952d07bed9e72bf7dcd1ebee40ac084", "63958169adac79e957cdd4f5ed1b3890", "1abed362c649f899aeb31b1e09fb50ff")
        );
    }

    [Fact]
    public void Of_GeneratorOwnerPriorityBudgetAndNamesOfImages_AreNoPartOfIt() =>
        EvaluationSpec
            .Of(
                Spec with
                {
                    GeneratorId = "g2",
                    Owner = "you",
                    Priority = 9,
                    FailureBudget = FailureBudget.TryParse("5%", out var budget) ? budget : null,
                    Images = [.. Spec.Images.Select(image => image with { Name = "other", Note = "cropped" })],
                }
            )
            .ShouldBe(EvaluationSpec.Of(Spec));

    [Theory]
    [MemberData(nameof(Others))]
    public void Of_AnythingElse_IsAnotherSpec(string what, SweepSpec other) =>
        EvaluationSpec.Of(other).Id.ShouldNotBe(EvaluationSpec.Of(Spec).Id, what);

    private static SweepSpec WithFirst(MethodSpec method) => Spec with { Methods = [method, Spec.Methods[1]] };

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Settings(params (string Key, string Value)[] settings) =>
        settings
            .GroupBy(setting => setting.Key, setting => setting.Value)
            .ToImmutableSortedDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
}
