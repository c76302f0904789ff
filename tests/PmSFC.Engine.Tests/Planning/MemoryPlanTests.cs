using System.Globalization;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tests.Inversion;
using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Planning;

[Collection(AloneCollection.Name), Trait("Runs", "apart")]
public sealed class MemoryPlanTests(ITestOutputHelper output)
{
    private const double Tolerance = 0.1;

    private static readonly string[] Composing = ["pmsfc", "mganprior", "invertgennet"];
    private static readonly Lazy<byte[]> Paper256 = new(() => RandomGenerator.File(RandomGenerator.Paper(256)));

    private static readonly Lazy<byte[]> StyleGan1Of64 = new(() =>
        RandomStyleGan1.File(RandomStyleGan1.Of(128, 4, [128, 128, 128, 64, 32]))
    );

    private static readonly Lazy<byte[]> StyleGan1Of256 = new(() =>
        RandomStyleGan1.File(RandomStyleGan1.Of(512, 8, [512, 512, 512, 512, 256, 128, 64]))
    );

    private static readonly Lazy<byte[]> StyleGan2Of64 = new(() =>
        RandomStyleGan2.File(RandomStyleGan2.Of(128, 4, [128, 128, 128, 64, 32]))
    );

    private static readonly Lazy<byte[]> StyleGan2Of256 = new(() =>
        RandomStyleGan2.File(RandomStyleGan2.Of(512, 8, [512, 512, 512, 512, 256, 128, 64]))
    );

    public static TheoryData<string, string> ComposingMethodsAndTasks
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var method in Composing)
            foreach (var task in EngineCatalog.BuiltIn.Tasks)
                cases.Add(method, task.Name);
            return cases;
        }
    }

    public static TheoryData<string, string, int, int> Everything => Cases(Problems.Searches);

    public static TheoryData<string, string, int, int> EverythingWithoutStyles => Cases(Problems.CodeSearches);

    private static TheoryData<string, string, int, int> Cases(IEnumerable<string> methods)
    {
        var cases = new TheoryData<string, string, int, int>();
        foreach (var method in methods.Select(name => EngineCatalog.BuiltIn.FindMethod(name)!))
        {
            var splits = method.Settings.Definitions.Any(definition => definition.Name == SplitSetting.Name) ? new[] { 3, 6 } : [3];
            foreach (var split in splits)
            {
                foreach (var task in EngineCatalog.BuiltIn.Tasks)
                    cases.Add(method.Name, task.Name, split, 1);
                cases.Add(method.Name, "inversion", split, 2);
            }
        }

        return cases;
    }

    /// <summary>Small maps hide behind what libraries allocate for themselves; eight images do not.</summary>
    [Theory]
    [MemberData(nameof(ComposingMethodsAndTasks))]
    public void Estimate_OfEightImagesOf64Pixels_IsWhatThreeIterationsTake(string method, string task) =>
        Compare(
            Repository.BundledGenerator,
            task == "inversion" ? Repository.BundledDiscriminator : null,
            method,
            task,
            split: 3,
            batch: 8
        );

    [Fact]
    public void Estimate_OfOneImageOf256Pixels_IsWhatThreeIterationsTake() =>
        Compare(Paper256.Value, null, "pmsfc", "inversion", split: 3, batch: 1);

    [Theory]
    [InlineData("mganprior", "super-resolution")]
    [InlineData("invertgennet", "inpainting")]
    public void Estimate_OfOneImageOf256PixelsOnHalfTheChannels_IsWhatThreeIterationsTake(string method, string task) =>
        Compare(RandomGenerator.File(RandomGenerator.HalfOfPaper(256)), null, method, task, split: 3, batch: 1);

    [Theory]
    [InlineData("pmsfc", "inversion", 3, 8)]
    [InlineData("pmsfc", "inpainting", 6, 8)]
    [InlineData("mganprior", "super-resolution", 4, 8)]
    [InlineData("mganprior", "inversion", 3, 2)]
    [InlineData("invert-layers", "inversion", 3, 8)]
    [InlineData("projector", "inversion", 3, 8)]
    [InlineData("image2stylegan", "super-resolution", 3, 8)]
    [InlineData("sam", "inversion", 3, 8)]
    [InlineData("sam", "inversion", 7, 8)]
    [InlineData("bdinvert", "inversion", 4, 8)]
    [InlineData("pti", "inversion", 3, 1)]
    [InlineData("pti", "inversion", 3, 4)]
    public void Estimate_OfAStyleGan2Of64Pixels_IsWhatThreeIterationsTake(string method, string task, int split, int batch) =>
        Compare(StyleGan2Of64.Value, null, method, task, split, batch);

    [Theory]
    [InlineData("pmsfc", "inversion", 3, 8)]
    [InlineData("mganprior", "super-resolution", 4, 8)]
    [InlineData("invert-layers", "inversion", 3, 8)]
    [InlineData("projector", "inversion", 3, 8)]
    [InlineData("sam", "inversion", 7, 8)]
    [InlineData("bdinvert", "inversion", 4, 8)]
    [InlineData("pti", "inversion", 3, 4)]
    public void Estimate_OfAStyleGan1Of64Pixels_IsWhatThreeIterationsTake(string method, string task, int split, int batch) =>
        Compare(StyleGan1Of64.Value, null, method, task, split, batch);

    [TheoryNeeding<FullMemory>]
    [MemberData(nameof(Everything))]
    public void Estimate_OfEveryMethodOnAStyleGan1At256Pixels_IsWhatThreeIterationsTake(string method, string task, int split, int batch) =>
        Compare(StyleGan1Of256.Value, null, method, task, split, batch);

    [Theory]
    [InlineData("pggan", 1)]
    [InlineData("pggan", 8)]
    [InlineData("stylegan1", 1)]
    [InlineData("stylegan1", 8)]
    [InlineData("stylegan2", 1)]
    [InlineData("stylegan2", 5)]
    [InlineData("stylegan2", 8)]
    public void Estimate_OfResidualsAfterSoManyBlocks_IsWhatThreeIterationsTake(string family, int layers) =>
        Compare(
            family switch
            {
                "pggan" => Repository.BundledGenerator,
                "stylegan1" => StyleGan1Of64.Value,
                _ => StyleGan2Of64.Value,
            },
            null,
            "invert-layers",
            "inversion",
            split: 3,
            batch: 8,
            layers
        );

    [Fact]
    public void Estimate_OfAStyleGan2ThatClamps_IsWhatThreeIterationsTake() =>
        Compare(
            RandomStyleGan2.File(RandomStyleGan2.Of(128, 4, [128, 128, 128, 64, 32]) with { Clamp = 256 }),
            null,
            "pmsfc",
            "inversion",
            split: 3,
            batch: 8
        );

    [Fact]
    public void Estimate_OfAStyleGan2Of256Pixels_IsWhatThreeIterationsTake() =>
        Compare(
            RandomStyleGan2.File(RandomStyleGan2.Of(256, 8, [256, 256, 256, 256, 128, 64, 32])),
            null,
            "pmsfc",
            "inversion",
            split: 3,
            batch: 1
        );

    [TheoryNeeding<FullMemory>]
    [MemberData(nameof(Everything))]
    public void Estimate_OfEveryMethodOnAStyleGan2At256Pixels_IsWhatThreeIterationsTake(string method, string task, int split, int batch) =>
        Compare(StyleGan2Of256.Value, null, method, task, split, batch);

    [TheoryNeeding<FullMemory>]
    [MemberData(nameof(EverythingWithoutStyles))]
    public void Estimate_OfEveryMethodAt256Pixels_IsWhatThreeIterationsTake(string method, string task, int split, int batch) =>
        Compare(Paper256.Value, null, method, task, split, batch);

    [Theory]
    [InlineData("pmsfc", "w", "none", "each")]
    [InlineData("mganprior", "z", "mean", "each")]
    public void Estimate_OfACompositionOnStyles_IsWhatThreeIterationsTake(
        string method,
        string codeSpace,
        string lowerImage,
        string upperStyles
    ) =>
        Compare(
            StyleGan2Of64.Value,
            null,
            method,
            "inversion",
            split: 5,
            batch: 4,
            layers: 3,
            ("code-space", codeSpace),
            ("lower-image", lowerImage),
            ("upper-styles", upperStyles)
        );

    private void Compare(
        byte[] file,
        byte[]? discriminator,
        string name,
        string task,
        int split,
        int batch,
        int layers = 3,
        params (string, string)[] more
    )
    {
        var method = EngineCatalog.BuiltIn.FindMethod(name)!;
        using (var tiny = Problems.TinyGenerator(name))
        {
            // Libraries allocate for themselves when they are first used; and a network for the encoder's methods is at hand.
            using var small = Problems.Targets(tiny, batch);
            using var reconstruction = Problems.Reconstruct(method, Problem(tiny, null, small, Problems.Inversion, cut: 2, blocks: 2));
        }

        var (planned, taken) = MemoryPeak.Measure(Tolerance, Measure);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} {task} l={split} B={batch}: planned {planned / 1e6:0.0} MB, taken {taken / 1e6:0.0} MB, {(double)planned / taken - 1:+0.0%;-0.0%}"
            )
        );

        ((double)planned / taken).ShouldBeInRange(1 - Tolerance, 1 + Tolerance);

        (long Planned, long Taken) Measure()
        {
            var weights = EngineCatalog.BuiltIn.Families.Read(file, "generator");
            using var peak = new MemoryPeak();
            using var generator = weights.Load(CPU);
            using var features = discriminator is null
                ? null
                : DiscriminatorFeatures.Load(StateDict.Read(discriminator, "discriminator"), CPU);
            using var targets = Problems.Targets(generator, batch);
            using var degradation = Problems.Bind(EngineCatalog.BuiltIn.FindTask(task)!, generator.Architecture.Resolution);
            var problem = Problem(generator, features, targets, degradation, split, layers);
            Problems.Reconstruct(method, problem).Dispose();

            var subspaces = problem.Partition?.Count ?? 1;
            var estimate = WorkPlanner.Estimate(method, problem.Settings, generator.Architecture, subspaces, features?.Architecture, batch);
            return (estimate.Bytes, peak.Bytes);
        }

        InversionProblem Problem(IGenerator on, IPerceptualNetwork? perceptual, Tensor images, IDegradation lost, int cut, int blocks) =>
            Problems.Create(
                method,
                on,
                perceptual,
                images,
                [.. Enumerable.Range(0, batch).Select(image => (long)image)],
                [
                    .. on.Architecture.StylePlaces > 0 ? more : [],
                    ("split", $"{cut}"),
                    ("layers", $"{blocks}"),
                    ("restarts", "2"),
                    ("iterations", name is "sem-pho-mani" or "pti" ? "6" : "3"),
                    ("start-share", "0.5"),
                    ("input-jitter", "0.03"),
                    (PerceptualSetting.Name, perceptual?.Name ?? PerceptualSetting.None),
                ]
            ) with
            {
                Degradation = lost,
            };
    }
}
