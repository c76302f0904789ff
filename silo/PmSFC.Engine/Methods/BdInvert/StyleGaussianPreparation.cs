using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.BdInvert;

/// <summary>
/// The Gaussian that styles of drawn codes follow before the last activation of the mapping ("P", Zhu et al. 2020): the mean of x = leaky ReLU 5 (w), and what
/// makes x of unit covariance. <see cref="StyleGaussian"/> reads it.
/// </summary>
public sealed class StyleGaussianPreparation : IPreparationKind
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "style-gaussian";

    /// <summary>The name of the number of codes.</summary>
    public const string Samples = "samples";

    internal const string MeanEntry = "mean",
        WhiteningEntry = "whitening";

    /// <summary>Directions in which styles hardly vary count as if they varied by this share of the largest variance.</summary>
    private const double SmallestVariance = 1e-8;

    /// <inheritdoc/>
    public string Name => KindName;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [new(Samples, SettingKind.Integer, "10000", "codes whose styles are counted") { Minimum = 2, Maximum = 100_000_000 }],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        [.. Check(Samples, Bind(settings), architecture)];

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var synthesis = architecture.Synthesis!;
        double size = synthesis.LatentSize,
            batch = Math.Min(Run.Batch, Bind(settings));
        var (whole, after) = (architecture.LowerCost(1), synthesis.LowerCost(1));
        var (styles, multiplyAdds) = (whole.SavedElements - after.SavedElements, whole.MultiplyAdds - after.MultiplyAdds);

        // What each layer of the mapping gives, and codes before and after they are normalized; the products, and those of one batch.
        var rows = batch * (styles + 2 * architecture.LatentSize);
        return WorkEstimate.OfOptimization(architecture.Weights + 2 * size * size, 0, rows, batch * (multiplyAdds + size * size));
    }

    /// <inheritdoc/>
    public ContentRun Start(IGenerator generator, ResolvedSettings settings, long seed, PreparedContents prepared) =>
        new Run((IStyledGenerator)generator, settings, seed);

    /// <summary>Refuses a generator without styles, and fewer codes than a covariance needs.</summary>
    /// <param name="setting">The name of the setting that says how many.</param>
    /// <param name="samples">Codes.</param>
    /// <param name="architecture">The generator's sizes.</param>
    internal static IEnumerable<SettingIssue> Check(string setting, int samples, GeneratorArchitecture architecture)
    {
        if (architecture.Synthesis is not { } synthesis)
        {
            yield return new SettingIssue(
                SettingIssue.Method,
                $"The preparation '{KindName}' is made of styles, but a generator of the family '{architecture.Family}' has none."
            );
        }
        else if (samples <= synthesis.LatentSize)
        {
            yield return new SettingIssue(
                setting,
                $"'{setting}' is {samples.ToString(CultureInfo.InvariantCulture)}, but the covariance of this generator's styles, which have "
                    + $"{synthesis.LatentSize} numbers, needs more codes than that."
            );
        }
    }

    private static int Bind(ResolvedSettings settings) => settings.Integer(Samples);

    private sealed class Run : SamplingRun
    {
        /// <summary>Codes of an iteration.</summary>
        public const int Batch = 1000;

        private const string SumEntry = "sum",
            ProductsEntry = "products";

        private readonly IStyledGenerator _generator;
        private readonly long _size;
        private readonly Tensor _origin; // [S]: sums are of differences from it, so that little is lost of small variances
        private readonly Tensor _sum; // [S]
        private readonly Tensor _products; // [S, S]

        public Run(IStyledGenerator generator, ResolvedSettings settings, long seed)
            : base(generator, $"{KindName} {settings} seed={seed}", "the styles' Gaussian", seed, Bind(settings), Batch)
        {
            _generator = generator;
            _size = generator.Architecture.Synthesis!.LatentSize;
            using var scope = NewDisposeScope();
            _origin = StyleGaussian.Unactivated(generator.MeanStyle).DetachFromDisposeScope();
            _sum = zeros([_size], generator.Dtype, generator.Device).DetachFromDisposeScope();
            _products = zeros([_size, _size], generator.Dtype, generator.Device).DetachFromDisposeScope();
        }

        protected override void Count(Tensor codes)
        {
            var differences = StyleGaussian.Unactivated(_generator.Styles(codes)) - _origin;
            _sum.AddInPlace(differences.sum([0L]));
            _products.AddInPlace(differences.t().mm(differences));
        }

        protected override SafetensorsWriter Write(SafetensorsWriter checkpoint) =>
            checkpoint.Add(SumEntry, Floats(_sum), _size).Add(ProductsEntry, Floats(_products), _size, _size);

        protected override void Read(SafetensorsFile checkpoint)
        {
            var (sum, products) = (checkpoint.ReadFloats(SumEntry, _size), checkpoint.ReadFloats(ProductsEntry, _size, _size));
            _sum.copy_(tensor(sum));
            _products.copy_(tensor(products).view(_size, _size));
        }

        protected override byte[] Result()
        {
            var shift = _sum.to(ScalarType.Float64, CPU).DivideBy(Counted);
            var covariance = _products.to(ScalarType.Float64, CPU).DivideBy(Counted) - outer(shift, shift);
            var (variances, directions) = linalg.eigh(covariance);
            var smallest = variances.max().Multiply(SmallestVariance);
            return new SafetensorsWriter()
                .Add(MeanEntry, Floats(_origin.to(ScalarType.Float64, CPU).Add(shift)), _size)
                .Add(WhiteningEntry, Floats(directions * maximum(variances, smallest).rsqrt()), _size, _size)
                .ToArray();
        }

        protected override void Dispose(bool disposing)
        {
            _origin.Dispose();
            _sum.Dispose();
            _products.Dispose();
            base.Dispose(disposing);
        }
    }
}
