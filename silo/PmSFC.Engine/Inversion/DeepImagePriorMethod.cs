using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Deep image prior (Ulyanov, Vedaldi, Lempitsky 2018): an untrained convolutional network of its own for every image, whose weights are optimized
/// from fixed noise, so that the generator gives nothing but its resolution. Its prior is the network's structure and how soon the search stops;
/// super-resolution by 16 is beyond what its authors tried. The noise of their input is not varied from step to step here. <c>tuned</c> is what a search
/// found for images of 64 pixels (docs/presets.md).
/// </summary>
public sealed class DeepImagePriorMethod : IInversionMethod
{
    private const string Scales = "scales", Channels = "channels", SkipChannels = "skip-channels";

    /// <inheritdoc/>
    public string Name => "dip";

    /// <inheritdoc/>
    public string Title => "DIP";

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } = new(
        [
            new(Scales, SettingKind.Integer, "5", "times that the network halves its maps; fewer where they would become smaller than 2 pixels")
            {
                Minimum = 1, Maximum = 9,
            },
            new(Channels, SettingKind.Integer, "128", "maps of each of its layers") { Minimum = 1, Maximum = 1024 },
            new(SkipChannels, SettingKind.Integer, "4", "maps that go past each halving") { Minimum = 1, Maximum = 1024 },
            .. OptimizationSettings.Definitions(iterations: "2000", learningRate: "0.01"),
            .. PerceptualSetting.Definitions("0"),
        ],
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["paper"] = new Dictionary<string, string>(),
            ["tuned"] = new Dictionary<string, string>
            {
                [OptimizationSettings.Iterations] = "300",
                [OptimizationSettings.LearningRate] = "0.003",
                [Channels] = "64",
            },
        });

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) => Architecture(settings, architecture).Plan();

    /// <inheritdoc/>
    public InversionRun Start(InversionProblem problem) => OptimizationRun.Start(
        this, problem, () => new SkipNetwork(problem, Architecture(problem.Settings, problem.Generator.Architecture)));

    private static SkipArchitecture Architecture(ResolvedSettings settings, GeneratorArchitecture architecture) => new(
        architecture.Resolution,
        Math.Clamp(int.Log2(architecture.Resolution) - 1, 1, settings.Integer(Scales)),
        settings.Integer(Channels),
        settings.Integer(SkipChannels));
}
