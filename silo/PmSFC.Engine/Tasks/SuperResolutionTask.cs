using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>
/// Super-resolution: P makes an image smaller by a whole factor. <c>bilinear</c> is what the public code does, without antialias: for an even factor
/// each pixel is the mean of the four in the middle of its square. <c>area</c> is the mean of the whole square.
/// </summary>
public sealed class SuperResolutionTask : IInversionTask
{
    internal const string Factor = "factor";

    private const string Filter = "filter",
        Bilinear = "bilinear",
        Area = "area";

    /// <inheritdoc/>
    public string Name => "super-resolution";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Factor, SettingKind.Integer, "4", "how many times smaller the image is that the method sees; divides the resolution")
                {
                    Minimum = 2,
                    Maximum = 1024,
                },
                new(Filter, SettingKind.Choice, Bilinear, "how the image is made smaller: bilinear (no antialias) or area")
                {
                    Choices = [Bilinear, Area],
                },
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MethodSettings { get; } =
        new Dictionary<string, string> { [PerceptualSetting.WeightName] = "0" };

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var (factor, resolution) = (Bind(settings).Factor, architecture.Resolution);
        if (resolution % factor == 0)
            return [];
        var divisors = Enumerable.Range(2, resolution - 1).Where(candidate => resolution % candidate == 0);
        return
        [
            new SettingIssue(
                Factor,
                $"'{Factor}' is {factor}, which does not divide the generator's {resolution} pixels; use one of {string.Join(", ", divisors)}."
            ),
        ];
    }

    /// <inheritdoc/>
    public IDegradation Bind(TaskInputs inputs)
    {
        var (factor, area) = Bind(inputs.Settings);
        return new Shrunk(factor, area);
    }

    private static (int Factor, bool Area) Bind(ResolvedSettings settings) => (settings.Integer(Factor), settings.Choice(Filter) == Area);

    private sealed class Shrunk(int factor, bool area) : IDegradation
    {
        public Tensor Degrade(Tensor images) =>
            area
                ? nn.functional.avg_pool2d(images, factor)
                : nn.functional.interpolate(
                    images,
                    [images.shape[2] / factor, images.shape[3] / factor],
                    mode: InterpolationMode.Bilinear,
                    align_corners: false
                );

        public void Dispose() { }
    }
}
