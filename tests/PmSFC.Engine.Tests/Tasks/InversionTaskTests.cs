using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Dip;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tests.Support;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Tasks;

public sealed class InversionTaskTests
{
    private const string MaskId = "0123456789abcdef0123456789abcdef";

    public static TheoryData<string> Tasks => [.. EngineCatalog.BuiltIn.Tasks.Select(task => task.Name)];

    /// <summary>Every P is linear, so that the difference quotient is the derivative up to rounding.</summary>
    [Theory]
    [MemberData(nameof(Tasks))]
    public void Degrade_InDoublePrecision_HasTheGradientOfFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        using var degradation = Problems.Bind(EngineCatalog.BuiltIn.FindTask(name)!, dtype: ScalarType.Float64);
        var images = TestTensors.Normal(1, 2, 3, 8, 8).to(ScalarType.Float64).requires_grad_();
        var directions = TestTensors.Normal(2, degradation.Degrade(images).shape).to(ScalarType.Float64);
        var gradient = autograd.grad([Value(images)], [images])[0];

        using var off = no_grad();
        foreach (var at in new[] { 0L, 77, 191, 192, 300, 383 })
        {
            var step = zeros_like(images);
            step.view(-1)[at] = 1e-3;
            var quotient = (Value(images + step) - Value(images - step)).item<double>() / 2e-3;
            gradient.view(-1)[at].item<double>().ShouldBe(quotient, 1e-9);
        }

        Tensor Value(Tensor x) => (degradation.Degrade(x) * directions).sum();
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Complete_OfThePerfectReconstruction_IsTheTarget(string name)
    {
        using var scope = NewDisposeScope();
        using var degradation = Problems.Bind(EngineCatalog.BuiltIn.FindTask(name)!);
        var target = TestTensors.Normal(1, 2, 3, 8, 8).clamp(-1, 1);

        TestTensors.Difference(degradation.Complete(target, target), target).ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Complete_OfColorization_HasTheTargetsLuma()
    {
        using var scope = NewDisposeScope();
        using var gray = Problems.Bind(new ColorizationTask());
        var (target, guess) = (TestTensors.Normal(1, 2, 3, 8, 8), TestTensors.Normal(2, 2, 3, 8, 8));

        TestTensors.Difference(gray.Degrade(gray.Complete(target, guess)), gray.Degrade(target)).ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Losses_OfEveryTaskAndMethod_Fall(string name)
    {
        using var scope = NewDisposeScope();
        using var degradation = Problems.Bind(EngineCatalog.BuiltIn.FindTask(name)!);
        foreach (
            var method in EngineCatalog.BuiltIn.Methods.OfType<IOptimizationMethod>().Where(method => method.Tasks?.Contains(name) != false)
        )
        {
            using var generator = Problems.TinyGenerator(method.Name);
            var problem = Problems.Create(
                method,
                generator,
                Problems.Targets(generator, 2),
                [1, 2],
                ("split", "2"),
                ("iterations", "40"),
                ("codes", "3"),
                ("channels", "16"),
                ("scales", "1")
            );
            using var run = method.Start(problem with { Degradation = degradation });
            var before = run.Losses();
            while (!run.IsFinished)
                run.Step();

            run.Losses().Zip(before, (after, start) => after / start).ShouldAllBe(ratio => ratio < 0.8f, method.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void MethodSettings_OfEveryTaskButInversion_LeaveThePerceptualTermOut(string name)
    {
        var task = EngineCatalog.BuiltIn.FindTask(name)!;
        var settings = new PmsfcMethod()
            .Settings.Resolve("paper", new Dictionary<string, string>(), new SettingsContext(name, task.MethodSettings))
            .Settings!;

        settings["perceptual-weight"].ShouldBe(name == "inversion" ? "1" : "0");
    }

    [Theory]
    [InlineData("inversion", "codes=30 iterations=3000 perceptual-weight=0.001 split=6")]
    [InlineData("colorization", "codes=20 iterations=1500 perceptual-weight=0.001 split=4")]
    [InlineData("super-resolution", "codes=30 iterations=2000 perceptual-weight=0.001 split=6")]
    [InlineData("inpainting", "codes=30 iterations=3000 perceptual-weight=0.0001 split=4")]
    public void PaperPreset_OfMganpriorForEachTask_HasTheNumbersOfItsPublicCode(string name, string expected)
    {
        var task = EngineCatalog.BuiltIn.FindTask(name)!;
        var settings = new MganpriorMethod()
            .Settings.Resolve("paper", new Dictionary<string, string>(), new SettingsContext(name, task.MethodSettings))
            .Settings!;

        string.Join(' ', new[] { "codes", "iterations", "perceptual-weight", "split" }.Select(key => $"{key}={settings[key]}"))
            .ShouldBe(expected);
        (settings["optimizer"], settings["learning-rate"]).ShouldBe(("sgd", "1"));
    }

    [Theory]
    [InlineData("inversion", null, "input-jitter=0.03 iterations=2000 skip-channels=4")]
    [InlineData("super-resolution", "4", "input-jitter=0.03 iterations=2000 skip-channels=4")]
    [InlineData("super-resolution", "8", "input-jitter=0.05 iterations=4000 skip-channels=4")]
    [InlineData("super-resolution", "16", "input-jitter=0.05 iterations=4000 skip-channels=4")]
    [InlineData("inpainting", null, "input-jitter=0.03 iterations=6001 skip-channels=128 upsampling=nearest")]
    public void PaperPreset_OfDipForEachTask_HasTheNumbersOfItsNotebooks(string name, string? factor, string expected)
    {
        var task = EngineCatalog.BuiltIn.FindTask(name)!;
        var given = factor is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["factor"] = factor };
        var context = new SettingsContext(name, task.MethodSettings) { TaskSettings = task.Settings.Resolve(null, given).Settings! };
        var settings = new DeepImagePriorMethod().Settings.Resolve("paper", new Dictionary<string, string>(), context).Settings!;

        string[] shown = ["input-jitter", "iterations", "skip-channels", "upsampling"];
        string.Join(' ', shown.Where(settings.ContainsKey).Select(key => $"{key}={settings[key]}")).ShouldBe(expected);
    }

    [Fact]
    public void Check_OfAFactorThatDoesNotDivide_NamesThoseThatDo()
    {
        var task = new SuperResolutionTask();
        var settings = task.Settings.Resolve(null, new Dictionary<string, string> { ["factor"] = "3" }).Settings!;

        task.Check(settings, RandomGenerator.Paper(64)).ShouldHaveSingleItem().Message.ShouldEndWith("use one of 2, 4, 8, 16, 32, 64.");
    }

    [Fact]
    public void Check_OfAShareThatLosesNothing_SaysSo()
    {
        var task = new InpaintingTask();
        var settings = task.Settings.Resolve(null, new Dictionary<string, string> { ["share"] = "0.00001" }).Settings!;

        task.Check(settings, RandomGenerator.Paper(64)).ShouldHaveSingleItem().Message.ShouldContain("loses nothing");
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("0.5")]
    [InlineData("0.9")]
    public void Degrade_ByRandomBoxes_LosesTheShareAndDependsOnTheSeedAlone(string share)
    {
        using var scope = NewDisposeScope();
        var (first, again, other) = (Lost("3"), Lost("3"), Lost("4"));

        first.mean().item<float>().ShouldBeInRange(float.Parse(share, System.Globalization.CultureInfo.InvariantCulture), 0.99f);
        TestTensors.Difference(first, again).ShouldBe(0f);
        TestTensors.Difference(first, other).ShouldBe(1f);

        Tensor Lost(string seed)
        {
            using var degradation = Problems.Bind(
                new InpaintingTask(),
                64,
                ScalarType.Float32,
                ("mask", "random-boxes"),
                ("share", share),
                ("mask-seed", seed)
            );
            return 1 - degradation.Degrade(ones(1, 3, 64, 64));
        }
    }

    [Fact]
    public void Bind_ToAPicture_LosesWhatIsWhite()
    {
        using var scope = NewDisposeScope();
        var pixels = new byte[3 * 8 * 8];
        pixels.AsSpan(3 * 8 * 2, 3).Fill(255);
        using var degradation = Bind(new RgbImage(8, 8, pixels), 8);
        var kept = degradation.Degrade(ones(1, 3, 8, 8));

        kept.sum().item<float>().ShouldBe(3 * 63);
        kept[0, 1, 2, 0].item<float>().ShouldBe(0);
        Should
            .Throw<ArgumentException>(() => Bind(new RgbImage(8, 8, pixels), 16))
            .Message.ShouldContain("8×8 pixels, but images are 16×16");
    }

    /// <summary>x · (1 − mask), channel by channel.</summary>
    [Fact]
    public void Bind_ToAPictureWithSoftEdges_KeepsTheShareThatIsDark()
    {
        using var scope = NewDisposeScope();
        var pixels = new byte[3 * 8 * 8];
        ((byte[])[255, 51, 102]).CopyTo(pixels.AsSpan(3 * 8 * 2));
        var picture = new RgbImage(8, 8, pixels);
        using var soft = Bind(picture, 8, ("mask-edge", "soft"));
        using var hard = Bind(picture, 8);
        var kept = soft.Degrade(ones(1, 3, 8, 8));

        foreach (var (channel, share) in new[] { 0f, 0.8f, 0.6f }.Index())
            kept[0, channel, 2, 0].item<float>().ShouldBe(share, 1e-6f);
        kept[0, 1, 3, 3].item<float>().ShouldBe(1);
        hard.Degrade(ones(1, 3, 8, 8))[0, 0, 2, 0].item<float>().ShouldBe(1);
    }

    private static IDegradation Bind(RgbImage mask, int resolution, params (string Name, string Value)[] settings)
    {
        var task = new InpaintingTask();
        return task.Bind(
            new TaskInputs
            {
                Settings = task
                    .Settings.Resolve(null, settings.Append(("mask", MaskId)).ToDictionary(pair => pair.Item1, pair => pair.Item2))
                    .Settings!,
                Resolution = resolution,
                Device = CPU,
                Images = new Dictionary<string, RgbImage> { [MaskId] = mask },
            }
        );
    }
}
