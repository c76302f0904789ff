using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>
/// Inpainting: P keeps an image outside the mask and makes it 0, mid-gray, inside. In a mask's picture white (128 and more) is lost and black is
/// kept, as in the pictures that mGANprior's authors publish; with <c>mask-edge</c> soft a gray pixel keeps the share that it is dark, in each of R, G
/// and B, as in their code. One mask serves all images.
/// </summary>
public sealed class InpaintingTask : IInversionTask
{
    internal const string Mask = "mask",
        Share = "share",
        MaskSeed = "mask-seed";
    internal const string Center = "center",
        LeftHalf = "left-half",
        RandomBoxes = "random-boxes";
    internal const string Hard = "hard",
        Soft = "soft";

    internal static readonly SettingDefinition MaskEdge = new(
        "mask-edge",
        SettingKind.Choice,
        Hard,
        "what a picture's gray does: hard loses from half bright on, soft loses the share that it is bright"
    )
    {
        Choices = [Hard, Soft],
        OmittedAtDefault = true,
    };

    /// <inheritdoc/>
    public string Name => "inpainting";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(
                    Mask,
                    SettingKind.Choice,
                    Center,
                    "what is lost: a central square, the left half, boxes at random, or a picture's white"
                )
                {
                    Choices = [Center, LeftHalf, RandomBoxes],
                    AcceptsImage = true,
                },
                new(Share, SettingKind.Number, "0.25", "share of the pixels that center loses, and that random-boxes loses at least")
                {
                    Minimum = 0,
                    ExcludesMinimum = true,
                    Maximum = 0.9,
                },
                new(MaskSeed, SettingKind.Integer, "0", "seed of random-boxes") { Minimum = 0 },
                MaskEdge,
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MethodSettings { get; } =
        new Dictionary<string, string> { [PerceptualSetting.WeightName] = "0" };

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var bound = InpaintingSettings.Bind(settings);
        if (bound.Picture is not null)
            return [];
        var kept = Generate(bound, architecture.Resolution).Count(isKept => isKept);
        return kept > 0 && kept < architecture.Resolution * architecture.Resolution
            ? []
            :
            [
                new SettingIssue(
                    Share,
                    $"'{Share}' is {settings[Share]}, with which a {architecture.Resolution}-pixel image loses {(kept == 0 ? "everything" : "nothing")}."
                ),
            ];
    }

    /// <inheritdoc/>
    public IDegradation Bind(TaskInputs inputs)
    {
        var settings = InpaintingSettings.Bind(inputs.Settings);
        using var scope = NewDisposeScope();
        var kept = settings.Picture is { } picture
            ? Read(inputs.Images[picture], inputs.Resolution, settings.IsSoft)
            : tensor(Generate(settings, inputs.Resolution)).view(1, 1, inputs.Resolution, inputs.Resolution);
        return new Masked(kept.to(inputs.Dtype, inputs.Device).DetachFromDisposeScope());
    }

    /// <returns>The share of each pixel that is kept: [1, 1 or 3, H, W].</returns>
    private static Tensor Read(RgbImage picture, int resolution, bool isSoft)
    {
        if (picture.Width != resolution || picture.Height != resolution)
            throw new ArgumentException($"The mask is {picture.Width}×{picture.Height} pixels, but images are {resolution}×{resolution}.");
        if (isSoft)
            return ImageTensors.ToTensor([picture], CPU, ScalarType.Float64).Multiply(-0.5).Add(0.5);
        var dark = Enumerable.Range(0, resolution * resolution).Select(i => picture[i % resolution, i / resolution].G < 128).ToArray();
        return tensor(dark).view(1, 1, resolution, resolution);
    }

    private static bool[] Generate(InpaintingSettings settings, int resolution)
    {
        var kept = Enumerable.Repeat(true, resolution * resolution).ToArray();
        var share = settings.Share;
        switch (settings.Mask)
        {
            case Center:
                var side = (int)Math.Round(Math.Sqrt(share) * resolution);
                Lose(kept, resolution, (resolution - side) / 2, (resolution - side) / 2, side, side);
                break;
            case LeftHalf:
                Lose(kept, resolution, 0, 0, resolution / 2, resolution);
                break;
            default:
                var random = new SplitMix64(settings.Seed);
                while (kept.Count(isKept => !isKept) < share * kept.Length)
                {
                    int width = Side(random, resolution),
                        height = Side(random, resolution);
                    Lose(
                        kept,
                        resolution,
                        random.NextIndex(resolution - width + 1),
                        random.NextIndex(resolution - height + 1),
                        width,
                        height
                    );
                }

                break;
        }

        return kept;
    }

    /// <summary>An eighth to a quarter of the image.</summary>
    private static int Side(SplitMix64 random, int resolution) => Math.Max(1, resolution / 8) + random.NextIndex(resolution / 8 + 1);

    private static void Lose(bool[] kept, int resolution, int left, int top, int width, int height)
    {
        for (var y = top; y < top + height; y++)
            kept.AsSpan(y * resolution + left, width).Clear();
    }

    private sealed class Masked(Tensor kept) : IDegradation
    {
        public Tensor Degrade(Tensor images) => images * kept;

        public void Dispose() => kept.Dispose();
    }
}
