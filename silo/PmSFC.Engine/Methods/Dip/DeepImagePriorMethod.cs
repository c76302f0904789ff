using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Dip;

/// <summary>
/// Deep image prior (Ulyanov, Vedaldi, Lempitsky 2018): an untrained convolutional network of its own for every image, whose weights are optimized
/// from fixed noise, so that the generator gives nothing but its resolution. Its prior is the network's structure and how soon the search stops;
/// super-resolution by 16 is beyond what its authors tried. <c>paper</c> has the numbers of their notebooks for each task (docs/fidelity.md),
/// <c>tuned</c> is what a search found for images of 64 pixels (docs/presets.md).
/// </summary>
public sealed class DeepImagePriorMethod : IOptimizationMethod
{
    private const string Bilinear = "bilinear",
        Nearest = "nearest";
    private const string Scales = "scales",
        Channels = "channels",
        SkipChannels = "skip-channels";

    private static readonly SettingDefinition InputJitter = new(
        "input-jitter",
        SettingKind.Number,
        "0",
        "deviation of normal noise that is added to the network's input, drawn again for each step"
    )
    {
        Minimum = 0,
        Maximum = 10,
        OmittedAtDefault = true,
    };

    private static readonly SettingDefinition Upsampling = new("upsampling", SettingKind.Choice, Bilinear, "how maps are doubled")
    {
        Choices = [Bilinear, Nearest],
        OmittedAtDefault = true,
    };

    private static readonly Dictionary<string, string> LargeFactor = new()
    {
        [OptimizationSettings.Iterations] = "4000",
        [InputJitter.Name] = "0.05",
    };

    /// <inheritdoc/>
    public string Name => "dip";

    /// <inheritdoc/>
    public string Title => "DIP";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(
                    Scales,
                    SettingKind.Integer,
                    "5",
                    "times that the network halves its maps; fewer where they would become smaller than 2 pixels"
                )
                {
                    Minimum = 1,
                    Maximum = 9,
                },
                new(Channels, SettingKind.Integer, "128", "maps of each of its layers") { Minimum = 1, Maximum = 1024 },
                new(SkipChannels, SettingKind.Integer, "4", "maps that go past each halving") { Minimum = 1, Maximum = 1024 },
                InputJitter,
                Upsampling,
                .. OptimizationSettings.Definitions(iterations: "2000", learningRate: "0.01"),
                .. PerceptualSetting.Definitions("0"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Paper] = new Dictionary<string, string> { [InputJitter.Name] = "0.03" },
                [PresetNames.Tuned] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "300",
                    [OptimizationSettings.LearningRate] = "0.003",
                    [Channels] = "64",
                },
            },
            new Dictionary<(string, string), IReadOnlyDictionary<string, string>>
            {
                [(PresetNames.Paper, SettingsContext.Variant("super-resolution", SuperResolutionTask.Factor, "8"))] = LargeFactor,
                [(PresetNames.Paper, SettingsContext.Variant("super-resolution", SuperResolutionTask.Factor, "16"))] = LargeFactor,
                [(PresetNames.Paper, "inpainting")] = new Dictionary<string, string>
                {
                    [OptimizationSettings.Iterations] = "6001",
                    [SkipChannels] = "128",
                    [Upsampling.Name] = Nearest,
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        Bind(settings, architecture).Plan();

    /// <inheritdoc/>
    public int Iterations(ResolvedSettings settings) => OptimizationSettings.Bind(settings).Steps;

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) =>
        OptimizationRun.Start(this, problem, OptimizationSettings.Bind(problem.Settings), () =>
            new SkipNetwork(problem, Bind(problem.Settings, problem.Generator.Architecture))
        );

    private static SkipArchitecture Bind(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        new(
            architecture.Resolution,
            Math.Clamp(int.Log2(architecture.Resolution) - 1, 1, settings.Integer(Scales)),
            settings.Integer(Channels),
            settings.Integer(SkipChannels)
        )
        {
            InputJitter = settings.Number(InputJitter),
            Upsampling = settings.Text(Upsampling) == Nearest ? InterpolationMode.Nearest : InterpolationMode.Bilinear,
        };
}
