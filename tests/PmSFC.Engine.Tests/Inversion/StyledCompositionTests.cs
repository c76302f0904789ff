using PmSFC.Engine.Analyses;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

/// <summary>Compositions on a StyleGAN2 generator of 32 pixels, whose codes are styles, whose image begins with G2, or whose G2 has styles of its own.</summary>
public sealed class StyledCompositionTests
{
    private const int Split = 3;

    /// <summary>Method, code-space, lower-image, upper-styles.</summary>
    public static TheoryData<string, string, string, string> Uses =>
        new()
        {
            { "pmsfc", "z", "mean", "mean" },
            { "pmsfc", "z", "mean", "each" },
            { "pmsfc", "w", "none", "each" },
            { "mganprior", "w", "none", "mean" },
            { "mganprior", "w", "mean", "each" },
        };

    [TheoryNeeding<Reference.WithTorch>]
    [MemberData(nameof(Uses))]
    public void Losses_OfFiftySteps_FollowPyTorch(string name, string codeSpace, string lowerImage, string upperStyles)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.Load(StyledReference.File, ScalarType.Float64);
        using var perceptual = StyledReference.Perceptual();
        var method = Problems.Search(name);
        var targets = Problems.Targets(generator, 1).to(ScalarType.Float32).to(ScalarType.Float64);
        var problem = Problems.Create(
            method,
            generator,
            perceptual,
            targets,
            [11],
            [
                .. Settings(codeSpace, lowerImage, upperStyles),
                ("iterations", $"{StyledReference.Steps}"),
                ("learning-rate", "0.05"),
                ("beta2", "0.999"),
                ("weight-pace", "0.5"),
                ("perceptual-weight", "0.1"),
            ]
        );

        StyledReference
            .Difference(
                method,
                problem,
                [("labels", [.. (problem.Partition?.Labels ?? []).Select(label => (float)label)], [problem.Partition?.Channels ?? 0])],
                ("schedule", "constant"),
                ("learning_rate", "0.05"),
                ("beta2", "0.999"),
                ("split", $"{Split}"),
                ("weight_pace", "0.5"),
                ("code_space", codeSpace),
                ("lower_image", lowerImage),
                ("weight", "0.1")
            )
            .ShouldBeLessThan(1e-4f);
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public void Search_InTheMiddle_GoesOnFromItsCheckpointsAndIsComposedAgainOfItsCodes(
        string name,
        string codeSpace,
        string lowerImage,
        string upperStyles
    )
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.Load(StyledReference.File);
        var method = (IFeatureComposingMethod)Problems.Search(name);
        var problem = Problems.Create(
            method,
            generator,
            Problems.Targets(generator, 2),
            [4, 5],
            [.. Settings(codeSpace, lowerImage, upperStyles), ("iterations", "20")]
        );
        using var whole = method.Start(problem);
        using var resumed = method.Start(problem with { Seeds = [6, 7] });
        var before = whole.Losses();
        for (var i = 0; i < 8; i++)
            whole.Step();
        resumed.Restore([whole.Checkpoint(0), whole.Checkpoint(1)]);
        while (!whole.IsFinished)
            whole.Step();
        while (!resumed.IsFinished)
            resumed.Step();

        whole.Losses().Zip(before, (after, start) => after / start).ShouldAllBe(ratio => ratio < 0.9f);
        var images = whole.Reconstruct();
        for (var image = 0; image < 2; image++)
        {
            resumed.Checkpoint(image).AsSpan().SequenceEqual(whole.Checkpoint(image)).ShouldBeTrue();
            SafetensorsFile.Read(whole.Codes(image), "codes").Header.Entries.ContainsKey("styles").ShouldBe(upperStyles == "each");
            var features = ComposedFeatures.Compose(generator, method, problem.Settings, problem.Partition, whole.Codes(image), "codes");
            TestTensors.Difference(generator.Upper(features, Split)[0], images[image]).ShouldBeLessThan(1e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public void Batch_OfTwoInDoublePrecision_EqualsSingleRuns(string name, string codeSpace, string lowerImage, string upperStyles)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.Load(StyledReference.File, ScalarType.Float64);
        var method = Problems.Search(name);
        var targets = Problems.Targets(generator, 2);

        TestTensors.Difference(cat([Invert(0, 1), Invert(1, 1)]), Invert(0, 2)).ShouldBeLessThan(1e-8f);

        Tensor Invert(int first, int count)
        {
            long[] seeds = [.. Enumerable.Range(first, count).Select(seed => (long)seed)];
            using var run = method.Start(
                Problems.Create(
                    method,
                    generator,
                    targets.narrow(0, first, count),
                    seeds,
                    [.. Settings(codeSpace, lowerImage, upperStyles), ("iterations", "4")]
                )
            );
            while (!run.IsFinished)
                run.Step();
            return run.Reconstruct();
        }
    }

    /// <summary>Codes that are all the same style draw its image: the composition takes nothing away, also where G2 has the same style of its own.</summary>
    [Theory]
    [InlineData("pmsfc")]
    [InlineData("mganprior")]
    public void Composition_OfEqualStyles_IsTheirImage(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Problems.Load(StyledReference.File, ScalarType.Float64);
        var method = (IFeatureComposingMethod)Problems.Search(name);
        var settings = method
            .Settings.Resolve(null, Settings("w", "mean", "mean").ToDictionary(pair => pair.Name, pair => pair.Value))
            .Settings!;
        using var composition = method.CreateComposition(generator, settings, Problems.Partition(generator, Split, 3));
        var style = TestTensors.Normal(1, 1, 6).to(ScalarType.Float64);
        using TorchSharp.Scalar start = name == "mganprior" ? 1 : composition.StartWeight;
        var weights = full([1, .. composition.WeightShape], start, ScalarType.Float64);

        var composed = composition.Compose(style.expand([1, .. composition.CodeShape]), weights);
        var upper = style.unsqueeze(1).expand(1, generator.Architecture.StylePlaces - Split, -1);

        var image = generator.Synthesis.Forward(style);
        TestTensors.Difference(generator.Upper(composed, Split), image).ShouldBeLessThan(1e-5f);
        TestTensors.Difference(generator.Upper(generator.WithUpperStyles(composed, Split, upper), Split), image).ShouldBeLessThan(1e-5f);
        var without = generator.WithoutImage(composed);
        without.Context.Count.ShouldBe(1);
        TestTensors.Difference(generator.Upper(without, Split), image).ShouldBeGreaterThan(0.01f);
    }

    [Theory]
    [InlineData("code-space", "w", "z")]
    [InlineData("lower-image", "none", "mean")]
    [InlineData("upper-styles", "each", "mean")]
    public void Check_OnAGeneratorWithoutStyles_NamesTheSettingAndWhatToDo(string setting, string value, string byDefault)
    {
        foreach (var method in new[] { Problems.Search("pmsfc"), Problems.Search("mganprior") })
        {
            var settings = method.Settings.Resolve("tuned", new Dictionary<string, string> { [setting] = value }).Settings!;

            var issue = method.Check(settings, RandomGenerator.Paper(64)).ShouldHaveSingleItem();

            issue.Setting.ShouldBe(setting);
            issue.Message.ShouldBe($"'{setting}' is {value}, but a generator of the family 'pggan' has no styles; set it to {byDefault}.");
            method.Check(settings, RandomStyleGan2.Small).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("pmsfc", 6 * (3 * 2 + 5))]
    [InlineData("mganprior", 6 * (2 + 5))]
    public void Plan_WithStylesOfTheUpperHalf_CountsThemAmongTheParameters(string name, int codesAndStyles)
    {
        var method = Problems.Search(name);
        var settings = method
            .Settings.Resolve(null, Settings("w", "none", "each").ToDictionary(pair => pair.Name, pair => pair.Value))
            .Settings!;
        var codes = name == "pmsfc" ? 6 : 2;

        var plan = method.Plan(settings, RandomStyleGan2.Small, name == "pmsfc" ? 3 : 1);

        plan.Parameters.ShouldBe(codesAndStyles + codes * RandomStyleGan2.Small.ChannelsAt(Split));
    }

    private static (string Name, string Value)[] Settings(string codeSpace, string lowerImage, string upperStyles) =>
        [("split", $"{Split}"), ("codes", "2"), ("code-space", codeSpace), ("lower-image", lowerImage), ("upper-styles", upperStyles)];
}
