using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.BdInvert;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Methods.Projector;
using PmSFC.Engine.Methods.Pti;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

/// <summary>The methods that search styles, on a StyleGAN2 generator of 32 pixels.</summary>
public sealed class StyleSearchTests
{
    private const int Seed = 11;

    public static TheoryData<string> Methods => [.. Problems.StyleSearches];

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("image2stylegan", "constant", "0.05")]
    [InlineData("sam", "ramps", "0.05")]
    [InlineData("projector", "ramps", "0.1")]
    [InlineData("bdinvert", "constant", "0.05")]
    [InlineData("pti", "ramps", "0.003")]
    public void Losses_OfFiftySteps_FollowPyTorch(string name, string schedule, string learningRate)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        using var perceptual = StyledReference.Perceptual();
        var method = Problems.Search(name);
        var targets = Problems.Targets(generator, 1).to(ScalarType.Float32).to(ScalarType.Float64);
        var problem = Problems.Create(
            method,
            generator,
            perceptual,
            targets,
            [Seed],
            ("iterations", $"{StyledReference.Steps}"),
            ("schedule", schedule),
            ("learning-rate", learningRate),
            ("beta2", "0.999"),
            ("split", "3"),
            ("correction-weight", "0.5"),
            ("base-weight", "0.5"),
            ("style-weight", "0.01"),
            ("style-samples", "2000"),
            ("noise-weight", "3"),
            ("style-jitter", "0.1"),
            ("start-share", "0.5"),
            ("start-learning-rate", "0.1"),
            ("perceptual", "discriminator"),
            ("perceptual-weight", "0.1")
        );

        StyledReference
            .Difference(
                method,
                problem,
                [
                    (
                        "jitter",
                        [
                            .. Enumerable
                                .Range(0, StyledReference.Steps)
                                .SelectMany(step => TestTensors.Floats(NormalNumbers.Draw(Seed, step, 6))),
                        ],
                        [StyledReference.Steps, 6]
                    ),
                ],
                ("schedule", schedule),
                ("learning_rate", learningRate),
                ("beta2", "0.999"),
                ("split", "3"),
                ("correction_weight", "0.5"),
                ("base_weight", "0.5"),
                ("style_weight", "0.01"),
                ("noise_weight", "3"),
                ("style_jitter", "0.1"),
                ("start_steps", $"{(name == "pti" ? StyledReference.Steps / 2 : StyledReference.Steps)}"),
                ("start_learning_rate", "0.1"),
                ("jitter_share", "0.75"),
                ("spread", generator.StyleSpread.ToString("R", CultureInfo.InvariantCulture)),
                ("weight", "0.1")
            )
            .ShouldBeLessThan(1e-6f);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Reconstruct_BeforeTheFirstStep_IsTheImageOfItsStart(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        var method = Problems.Search(name);
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 2), [1, 2], ("split", "3"));
        using var run = method.Start(problem);
        var mean = generator.MeanStyle.unsqueeze(0);
        var codes = SafetensorsFile.Read(run.Codes(1), "codes");
        var expected = name switch
        {
            "projector" or "pti" => generator.Draw(mean, [.. generator.NoiseSides.Select(Noise)]),
            "bdinvert" => generator.Upper(
                generator.WithUpperStyles(new SplitFeatures(EncodedMaps()), 3, mean.unsqueeze(1).expand(-1, 8 - 3, -1)),
                3
            ),
            _ => generator.Synthesis.Forward(mean),
        };

        TestTensors.Difference(run.Reconstruct()[1..2], expected).ShouldBeLessThan(1e-12f);

        Tensor Noise(int side, int block) =>
            tensor(codes.ReadFloats($"noise{block}", 1, side, side), dtype: ScalarType.Float64).view(1, 1, side, side);

        Tensor EncodedMaps()
        {
            using var encoder = Encoder.Load(problem.Network!, generator);
            return generator.Lower(encoder.Encode(problem.Targets[1..2]), 3).Maps;
        }
    }

    /// <summary>A target that the generator draws: with no term besides the pixels', a search finds it again.</summary>
    [Theory]
    [InlineData("image2stylegan")]
    [InlineData("sam")]
    [InlineData("bdinvert")]
    public void Search_OfAnImageOfItsOwn_FindsIt(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float32);
        var method = Problems.Search(name);
        var target = generator.Forward(TestTensors.Normal(3, 1, 6));
        using var run = method.Start(
            Problems.Create(
                method,
                generator,
                target,
                [1],
                ("split", "3"),
                ("correction-weight", "0"),
                ("base-weight", "0"),
                ("style-weight", "0"),
                ("iterations", "300"),
                ("learning-rate", "0.05"),
                ("schedule", "cosine")
            )
        );
        var before = TestTensors.MeanDifference(run.Reconstruct(), target);
        while (!run.IsFinished)
            run.Step();

        TestTensors.MeanDifference(run.Reconstruct(), target).ShouldBeLessThan(0.1f * before);
    }

    [Fact]
    public void Noise_OfTheProjector_HasMeanZeroAndSquareOneAndLittlePattern()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float32);
        var method = new ProjectorMethod();
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 1), [1], ("iterations", "60"));
        using var run = method.Start(problem);
        using var free = method.Start(problem with { Settings = Settings(("iterations", "60"), ("noise-weight", "0")) });
        while (!run.IsFinished)
        {
            run.Step();
            free.Step();
        }

        foreach (var (block, side) in generator.NoiseSides.Index())
        {
            var (held, loose) = (Noise(run), Noise(free));
            held.mean().item<float>().ShouldBe(0, 1e-5f);
            held.square().mean().item<float>().ShouldBe(1, 1e-4f);
            if (side == 32)
                Correlation(held).ShouldBeLessThan(0.5f * Correlation(loose), $"block {block}");

            Tensor Noise(InversionRun of) =>
                tensor(SafetensorsFile.Read(of.Codes(0), "codes").ReadFloats($"noise{block}", 1, side, side)).view(side, side);
        }

        static float Correlation(Tensor noise) => (noise * roll(noise, 1, 0)).mean().abs().item<float>();
    }

    [Fact]
    public void Projector_OfAFileWithoutNoise_SearchesTheStyleAlone()
    {
        using var scope = NewDisposeScope();
        var file = ChangedFile.Without(RandomStyleGan2.File(RandomStyleGan2.Tiny), name =>
            name.Contains("noise", StringComparison.Ordinal)
        );
        using var generator = (IStyledGenerator)EngineCatalog.BuiltIn.Families.Read(file, "it").Load(CPU);
        var method = new ProjectorMethod();
        using var run = method.Start(Problems.Create(method, generator, Problems.Targets(generator, 1), [1], ("iterations", "20")));
        var before = run.Losses()[0];
        while (!run.IsFinished)
            run.Step();

        generator.NoiseSides.ShouldBeEmpty();
        SafetensorsFile.Read(run.Codes(0), "codes").Header.Entries.Keys.ShouldBe(["w"]);
        run.Losses()[0].ShouldBeLessThan(before);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(375, 0.25)]
    [InlineData(750, 0)]
    [InlineData(999, 0)]
    public void JitterAt_OverAThousandSteps_FallsToNothingAfterThreeQuarters(int iteration, double share) =>
        new ProjectorSettings(NoiseWeight: 1, StyleJitter: 0.05, JitterShare: 0.75).JitterAt(iteration, 1000).ShouldBe(0.05 * share, 1e-12);

    [Fact]
    public void JitterAt_WithAShareOfZero_IsNothing() =>
        new ProjectorSettings(NoiseWeight: 1, StyleJitter: 0.05, JitterShare: 0).JitterAt(0, 1000).ShouldBe(0);

    /// <summary>The numbers of stylegan2-ada-pytorch's formula, worked out by hand.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(25, 0.5)]
    [InlineData(50, 1)]
    [InlineData(750, 1)]
    [InlineData(875, 0.5)]
    [InlineData(1000, 0)]
    public void Scale_OfRamps_RisesAndFallsAsInPublicCode(int iteration, double scale) =>
        LearningRateSchedule.Bind(Settings(("schedule", "ramps"))).Scale(iteration, 1000).ShouldBe(scale, 1e-12);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Check_AGeneratorWithoutStyles_NamesTheMethodAndWhatToDo(string name)
    {
        var method = Problems.Search(name);
        var settings = method.Settings.Resolve(null, new Dictionary<string, string>()).Settings!;

        var issue = method.Check(settings, RandomGenerator.Paper(64)).ShouldHaveSingleItem();

        issue.Setting.ShouldBe("method");
        issue.Message.ShouldBe(
            $"The method '{name}' searches styles, but a generator of the family 'pggan' has none; remove the method, or invert by a generator of the family 'stylegan1' or 'stylegan2'."
        );
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Small);
        Should
            .Throw<ArgumentException>(() =>
                method.Start(Problems.Create(method, generator, Problems.Targets(generator, 1), [1], ("split", "2"), ("style-weight", "0")))
            )
            .Message.ShouldContain("searches styles");
    }

    [Fact]
    public void Restore_WhileWeightsAreTuned_GoesOnExactly()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float32);
        var method = new PtiMethod();
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 2), [1, 2], ("iterations", "20"));
        using var whole = method.Start(problem);
        using var resumed = method.Start(problem);
        for (var i = 0; i < 14; i++)
            whole.Step();
        resumed.Restore([whole.Checkpoint(0), whole.Checkpoint(1)]);
        while (!whole.IsFinished)
            whole.Step();
        while (!resumed.IsFinished)
            resumed.Step();

        for (var image = 0; image < 2; image++)
            resumed.Checkpoint(image).AsSpan().SequenceEqual(whole.Checkpoint(image)).ShouldBeTrue();
        TestTensors.Difference(resumed.Reconstruct(), whole.Reconstruct()).ShouldBe(0);
    }

    /// <summary>What is stored of an image is added to the generator's file, which then draws the result of its style.</summary>
    [Fact]
    public void Codes_OfPti_AreWhatIsAddedToTheGeneratorsFile()
    {
        using var scope = NewDisposeScope();
        using var generator = Load(ScalarType.Float64);
        var method = new PtiMethod();
        var problem = Problems.Create(method, generator, Problems.Targets(generator, 2), [1, 2], ("iterations", "20"));
        using var run = method.Start(problem);
        while (!run.IsFinished)
            run.Step();
        var codes = SafetensorsFile.Read(run.Codes(1), "codes");
        var file = SafetensorsFile.Read(StyledReference.File, "file");
        var writer = new SafetensorsWriter();
        foreach (var entry in file.Header.Entries.Values)
        {
            var values = file.ReadFloats(entry.Name, [.. entry.Shape]);
            if (codes.Header.Entries.TryGetValue(entry.Name, out var added))
                values = [.. values.Zip(codes.ReadFloats(entry.Name, [.. added.Shape]), (value, change) => value + change)];
            writer.Add(entry.Name, values, [.. entry.Shape]);
        }

        using var tuned = (IStyledGenerator)Problems.Load(writer.ToArray(), ScalarType.Float64);
        var style = tensor(codes.ReadFloats("w", 6), dtype: ScalarType.Float64).unsqueeze(0);

        codes.Header.Entries.Count.ShouldBe(1 + generator.OwnWeights.Count);
        TestTensors.Difference(run.Reconstruct()[1..2], tuned.Synthesis.Forward(style)).ShouldBeLessThan(1e-4f);
        TestTensors.Difference(run.Reconstruct()[1..2], generator.Synthesis.Forward(style)).ShouldBeGreaterThan(1e-3f);
    }

    [Fact]
    public void Check_FewerSamplesThanStylesHaveNumbers_SaysHowMany()
    {
        var settings = new BdInvertMethod().Settings.Resolve(null, new Dictionary<string, string> { ["style-samples"] = "6" }).Settings!;

        new BdInvertMethod()
            .Check(settings, RandomStyleGan2.Small)
            .ShouldHaveSingleItem()
            .Message.ShouldBe(
                "'style-samples' is 6, but the covariance of this generator's styles, which have 6 numbers, needs more codes than that."
            );
    }

    private static IStyledGenerator Load(ScalarType dtype) =>
        (IStyledGenerator)EngineCatalog.BuiltIn.Families.Read(StyledReference.File, "it").Load(CPU, dtype);

    private static ResolvedSettings Settings(params (string Name, string Value)[] settings) =>
        new ProjectorMethod()
            .Settings.Resolve(null, settings.ToDictionary(pair => pair.Name, pair => pair.Value))
            .Settings.ShouldNotBeNull();
}
