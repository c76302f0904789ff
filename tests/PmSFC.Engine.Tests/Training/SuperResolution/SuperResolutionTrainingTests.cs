using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Methods.Esrgan;
using PmSFC.Engine.Methods.Rcan;
using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using PmSFC.Engine.Training;
using PmSFC.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Training.SuperResolution;

public sealed class SuperResolutionTrainingTests
{
    private static readonly PgganArchitecture Images32 = new(6, [8, 8, 5, 5, 4, 4, 4, 4]);

    private static readonly (string Name, string Value)[] SmallRcan =
    [
        ("groups", "2"),
        ("blocks", "2"),
        ("features", "6"),
        ("reduction", "3"),
        ("batch", "2"),
        ("factor", "4"),
    ];

    private static readonly (string Name, string Value)[] SmallEsrgan =
    [
        ("blocks", "1"),
        ("features", "6"),
        ("growth", "4"),
        ("discriminator-width", "3"),
        ("pixel-iterations", "3"),
        ("batch", "2"),
        ("factor", "4"),
    ];

    public static TheoryData<string> Kinds => ["rcan", "esrgan"];

    /// <summary>The pairs, the passes, every term, which weights a term moves, Adam and its new beginning, the cosine.</summary>
    [TheoryNeeding<Reference.WithTorch>]
    [MemberData(nameof(Kinds))]
    public void Losses_OfTheFirstSteps_FollowPyTorch(string kind) =>
        FollowsPyTorch(kind, steps: 6, ("iterations", "8"), ("pixel-iterations", "3"));

    /// <summary>The step sizes of every step, β₂, and the running mean of the weights, over both of ESRGAN's phases.</summary>
    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("rcan", 10, "schedule=authors")]
    [InlineData("esrgan", 16, "schedule=authors beta2=0.9 adversarial-learning-rate=0.0002 ema-decay=0.8 pixel-iterations=8")]
    [InlineData("esrgan", 6, "adversarial-learning-rate=0.0002 ema-decay=0.8 pixel-iterations=3")]
    public void Losses_WithTheAuthorsSettings_FollowPyTorch(string kind, int steps, string settings) =>
        FollowsPyTorch(
            kind,
            steps,
            [("iterations", $"{steps}"), .. settings.Split(' ').Select(setting => setting.Split('=')).Select(pair => (pair[0], pair[1]))]
        );

    private static void FollowsPyTorch(string kind, int steps, params (string Name, string Value)[] given)
    {
        const int Seed = 9;
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(Images32, ScalarType.Float64);
        var file = RandomGenerator.DiscriminatorFile(32, [4, 5, 6, 7]);
        using var perceptual = DiscriminatorFeatures.Load(StateDict.Read(file, "V"), CPU, ScalarType.Float64);
        var settings = Settings(kind, [.. given, ("pixel-weight", "0.3"), ("perceptual-weight", "0.2"), ("adversarial-weight", "0.1")]);
        using var run = Kind(kind)
            .Start(
                new TrainingProblem
                {
                    Generator = generator,
                    Perceptual = perceptual,
                    Settings = settings,
                    Seed = Seed,
                }
            );
        var large = stack(
            Enumerable
                .Range(0, steps)
                .Select(i =>
                    generator
                        .Forward(NetworkLayers.PixelNorm(TestTensors.Normal(SplitMix64.Derive(Seed, i), 2, 6).to(ScalarType.Float64)))
                        .clamp(-1, 1)
                )
                .ToArray()
        );
        var writer = new SafetensorsWriter()
            .Add("large", TestTensors.Floats(large), large.shape)
            .AddMetadata("factor", "4")
            .AddMetadata("learning_rate", settings["learning-rate"]);
        foreach (var (name, value) in given.Where(pair => kind == "esrgan" || pair.Name != "pixel-iterations"))
            writer.AddMetadata(name.Replace('-', '_'), value);
        if (kind == "esrgan")
            writer.AddMetadata("pixel_weight", "0.3").AddMetadata("perceptual_weight", "0.2").AddMetadata("adversarial_weight", "0.1");

        foreach (var (name, values, shape) in Weights(run).Where(weight => !IsAverage(weight.Name)))
            writer.Add(name, values, shape);
        var terms = Enumerable
            .Range(0, steps)
            .SelectMany(_ =>
            {
                run.Step();
                return run.Losses()!.Values;
            })
            .ToArray();
        var (sum, sumOfAverages) = (
            Sum(weight => !weight.Contains("_mean.", StringComparison.Ordinal) && !IsAverage(weight)),
            Sum(IsAverage)
        );

        var folder = Directory.CreateTempSubdirectory("pmsfc-super-resolution-");
        try
        {
            var (@case, network) = (Path.Combine(folder.FullName, "case"), Path.Combine(folder.FullName, "V"));
            File.WriteAllBytes(@case, writer.ToArray());
            File.WriteAllBytes(network, file);
            var theirs = Reference.Ask("super_resolution_reference.py", kind, @case, network);
            var expected = theirs.GetProperty("terms").EnumerateArray().Select(value => value.GetSingle()).ToArray();
            terms.Length.ShouldBe(expected.Length);
            terms.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-5f);
            sum.ShouldBe(theirs.GetProperty("weights")[0].GetDouble(), 2e-3);
            if (settings.ContainsKey("ema-decay"))
            {
                sumOfAverages.ShouldBe(theirs.GetProperty("weights")[1].GetDouble(), 1e-3);
                var stored = SafetensorsFile.Read(Finish(run).Weights, "the network");
                stored
                    .Header.Entries.Values.Sum(entry => stored.ReadFloats(entry.Name, [.. entry.Shape]).Sum(value => (double)value))
                    .ShouldBe(sumOfAverages, 1e-3, "the network that is stored is the running mean");
            }

            if (kind == "esrgan")
                expected.TakeLast(4).ShouldAllBe(term => term > 0.01f);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        double Sum(Func<string, bool> isWanted) =>
            Weights(run).Where(weight => isWanted(weight.Name)).Sum(weight => weight.Values.Sum(value => (double)value));

        static bool IsAverage(string name) => name.StartsWith("ema.", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Restore_InTheMiddle_GoesOnExactly(string kind)
    {
        foreach (var (stop, decay) in new[] { (2, "0"), (3, "0"), (5, "0"), (2, "0.9"), (5, "0.9") })
        {
            using var generator = RandomGenerator.Load(Images32);
            var settings = Settings(kind, ("iterations", "8"), ("perceptual", "none"), ("ema-decay", decay));
            var problem = new TrainingProblem
            {
                Generator = generator,
                Settings = settings,
                Seed = 3,
            };
            using var whole = Kind(kind).Start(problem);
            using var resumed = Kind(kind).Start(problem);
            for (var i = 0; i < stop; i++)
                whole.Step();
            var checkpoint = whole.Checkpoint();
            resumed.Restore(checkpoint);

            resumed.Checkpoint().ShouldBe(checkpoint);
            var (expected, network) = (Finish(whole), Finish(resumed));
            network.Weights.ToArray().ShouldBe(expected.Weights.ToArray());
            network.ToJson().ShouldBe(expected.ToJson());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_ManyTimes_LeavesNoTensorBehind(string kind)
    {
        using var generator = RandomGenerator.Load(Images32);
        using var run = Kind(kind)
            .Start(
                new TrainingProblem
                {
                    Generator = generator,
                    Settings = Settings(kind, ("perceptual", "none"), ("patch", "16"), ("ema-decay", "0.9")),
                    Seed = 1,
                }
            );
        for (var i = 0; i < 4; i++)
            run.Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 40; i++)
            run.Step();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    /// <summary>A network that has learned one image knows what no filter can: stripes that are lost in the small image.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Finish_OfATrainingOnOneImage_EnlargesItBetterThanBicubic(string kind)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(Images32);
        var pixels = Enumerable.Range(0, 3 * 32 * 32).Select(i => (byte)(i / 96 % 4 < 2 ? 200 - i / 96 * 3 : 60)).ToArray();
        var image = new RgbImage(32, 32, pixels);
        (string, string)[] settings =
        [
            ("features", "16"),
            ("growth", "8"),
            ("iterations", "120"),
            ("pixel-iterations", "118"),
            ("learning-rate", "2e-3"),
            ("batch", "1"),
            ("perceptual", "none"),
        ];
        using var run = Kind(kind)
            .Start(
                new TrainingProblem
                {
                    Generator = generator,
                    Settings = Settings(kind, settings),
                    Seed = 1,
                    Images = new TrainingImages("stripes", [image]),
                }
            );
        var network = Finish(run);
        using var resolver = SuperResolver.Load(Architecture(network), network, CPU, ScalarType.Float32);
        var large = ImageTensors.ToTensor([image], CPU);
        var small = nn.functional.interpolate(large, [8, 8], mode: InterpolationMode.Bilinear, align_corners: false);

        var made = resolver.Enlarge(small, 4);
        var bicubic = nn.functional.interpolate(small, [32, 32], mode: InterpolationMode.Bicubic, align_corners: false);

        Error(made).ShouldBeLessThan(0.5f * Error(bicubic));
        network.Terms[0].ShouldBe("pixel");
        network.ImagesId.ShouldBe("stripes");
        SafetensorsFile
            .Read(network.Weights, "it")
            .Header.Entries.Keys.ShouldNotContain(name => name.StartsWith("discriminator", StringComparison.Ordinal));

        float Error(Tensor other) => (other.clamp(-1, 1) - large).square().mean().item<float>();
    }

    [Fact]
    public void Losses_OfAUsersImages_DependOnThem()
    {
        using var generator = RandomGenerator.Load(Images32);
        var random = new Random(4);
        var pixels = new byte[3 * 32 * 32];
        random.NextBytes(pixels);
        var problem = new TrainingProblem
        {
            Generator = generator,
            Settings = Settings("rcan", ("iterations", "3"), ("patch", "16")),
            Seed = 1,
        };
        using var samples = Kind("rcan").Start(problem);
        using var images = Kind("rcan").Start(problem with { Images = new TrainingImages("noise", [new RgbImage(32, 32, pixels)]) });
        samples.Step();
        images.Step();

        images.Losses()!.Values[0].ShouldNotBe(samples.Losses()!.Values[0]);
        Kind("rcan").ShouldBeAssignableTo<IImageTraining>();
    }

    [Fact]
    public void Start_WithoutTheNetworkThatTheSettingsAskFor_SaysSo()
    {
        using var generator = RandomGenerator.Load(Images32);

        Should
            .Throw<ArgumentException>(() =>
                Kind("esrgan")
                    .Start(
                        new TrainingProblem
                        {
                            Generator = generator,
                            Settings = Settings("esrgan"),
                            Seed = 1,
                        }
                    )
            )
            .Message.ShouldContain("'discriminator'");
    }

    [Theory]
    [InlineData("rcan", "reduction", "7", "reduction", "6 'features'")]
    [InlineData("rcan", "factor", "3", "factor", "does not divide")]
    [InlineData("rcan", "patch", "18", "patch", "multiple of 'factor', 4")]
    [InlineData("esrgan", "patch", "12", "patch", "power of 2")]
    [InlineData("esrgan", "patch", "16", "perceptual", "whole images of 32 pixels alone")]
    public void Check_OfSettingsThatCannotBe_SaysWhy(string kind, string setting, string value, string where, string part)
    {
        var issues = Kind(kind).Check(Settings(kind, (setting, value)), Images32);

        issues.ShouldContain(issue => issue.Setting == where && issue.Message.Contains(part, StringComparison.Ordinal));
        Kind(kind).Check(Settings(kind), Images32).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("4", "16", true)]
    [InlineData("4", "4", true)]
    [InlineData("2", "16", true)]
    [InlineData("4", "8", false)]
    [InlineData("8", "4", false)]
    public void CheckForTask_OfAFactor_TakesPowersAlone(string own, string needed, bool fits)
    {
        var context = new SettingsContext("super-resolution", new Dictionary<string, string> { ["factor"] = needed });

        Kind("rcan").CheckForTask(new Dictionary<string, string> { ["factor"] = own }, context).Count.ShouldBe(fits ? 0 : 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Settings_ForATask_TakeItsFactorAndFilter(string kind)
    {
        var context = new SettingsContext("super-resolution", new Dictionary<string, string> { ["factor"] = "8", ["filter"] = "area" });

        foreach (var preset in new[] { "tuned", "quick", "paper" })
        {
            var settings = Kind(kind).Settings.Resolve(preset, new Dictionary<string, string>(), context).Settings!;
            (settings["factor"], settings["filter"]).ShouldBe(("8", "area"));
            Kind(kind).Check(settings, RandomGenerator.Paper(64)).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Estimate_OfALargerBatchAndOfTheAuthorsSizes_IsLarger(string kind)
    {
        var (one, many, paper) = (Estimate(null, "1"), Estimate(null, "16"), Estimate("paper", "16"));

        many.MultiplyAddsPerIteration.ShouldBe(16 * one.MultiplyAddsPerIteration, 1e-6 * many.MultiplyAddsPerIteration);
        many.Bytes.ShouldBeGreaterThan(one.Bytes);
        paper.Bytes.ShouldBeGreaterThan(many.Bytes);

        Engine.Costs.WorkEstimate Estimate(string? preset, string batch) =>
            Kind(kind)
                .Estimate(
                    Kind(kind).Settings.Resolve(preset, new Dictionary<string, string> { ["batch"] = batch }).Settings!,
                    RandomGenerator.Paper(64)
                );
    }

    /// <summary>RRDBNet at 4 times of 16×16, in 10⁹ multiply-adds by hand: 4.233 in dense blocks, 0.356 in the others.</summary>
    [Fact]
    public void Estimate_WithARunningMean_CountsTheGeneratorsWeightsOnceMore()
    {
        var (without, with) = (Settings("esrgan"), Settings("esrgan", ("ema-decay", "0.9")));
        var training = new EsrganTraining();

        double kept = training.Estimate(with, Images32).Bytes - training.Estimate(without, Images32).Bytes;
        kept.ShouldBe(4 * EsrganTraining.BindArchitecture(with).Parameters, tolerance: 8);
    }

    [Fact]
    public void Cost_OfTheAuthorsNetwork_HasTheWorkThatWasCountedByHand() =>
        (new RrdbArchitecture(4, 23, 64, 32).Cost(16).MultiplyAdds / 1e9).ShouldBe(4.233 + 0.009 + 0.038 + 2 * 0.151 + 0.007, 0.002);

    private static INetworkTraining Kind(string kind) => EngineCatalog.BuiltIn.FindTraining(kind).ShouldNotBeNull();

    private static ResolvedSettings Settings(string kind, params (string Name, string Value)[] settings)
    {
        var known = Kind(kind).Settings.Definitions.Select(definition => definition.Name).ToHashSet();
        var values = new Dictionary<string, string>();
        foreach (var (name, value) in (kind == "rcan" ? SmallRcan : SmallEsrgan).Concat(settings).Where(pair => known.Contains(pair.Name)))
            values[name] = value;
        return Kind(kind).Settings.Resolve(null, values).Settings.ShouldNotBeNull();
    }

    private static SuperResolutionArchitecture Architecture(TrainedNetwork network)
    {
        var settings = ResolvedSettings.FromCanonical(network.Settings);
        return network.Kind == "rcan" ? RcanTraining.BindArchitecture(settings) : EsrganTraining.BindArchitecture(settings);
    }

    /// <summary>The weights and buffers of a run, convolutions in PyTorch's order.</summary>
    private static List<(string Name, float[] Values, long[] Shape)> Weights(TrainingRun run)
    {
        using var scope = NewDisposeScope();
        var state = SafetensorsFile.Read(run.Checkpoint(), "the state");
        var weights = new List<(string, float[], long[])>();
        foreach (
            var entry in state.Header.Entries.Values.Where(entry =>
                entry.Name.EndsWith(".weight", StringComparison.Ordinal) || entry.Name.EndsWith(".bias", StringComparison.Ordinal)
            )
        )
        {
            var value = tensor(state.ReadFloats(entry.Name, [.. entry.Shape])).view([.. entry.Shape]);
            if (value.dim() == 4)
                value = value.permute(0, 3, 1, 2);
            weights.Add((entry.Name, TestTensors.Floats(value), value.shape));
        }

        return weights;
    }

    private static TrainedNetwork Finish(TrainingRun run)
    {
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }
}
