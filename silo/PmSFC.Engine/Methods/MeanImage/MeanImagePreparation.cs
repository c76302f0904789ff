using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.MeanImage;

/// <summary>The mean of a generator's images over samples z ~ N(0, I), which <see cref="MeanImageMethod"/> reads.</summary>
public sealed class MeanImagePreparation : IPreparationKind
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "mean-image";

    internal const string Samples = "samples",
        ImageEntry = "image";

    /// <inheritdoc/>
    public string Name => KindName;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } = new([SamplesDefinition], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    internal static SettingDefinition SamplesDefinition { get; } =
        new(Samples, SettingKind.Integer, "1000", "images that the mean is taken of") { Minimum = 1, Maximum = 1_000_000 };

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var (blocks, multiplyAdds) = ForwardOnly.Cost(architecture, architecture.Layers);
        var output = architecture.OutputCost;
        var peak = Math.Max(blocks, ForwardOnly.MapsAt(architecture, architecture.Layers) + output.PeakElements);
        var batch = Math.Min(Run.Batch, Bind(settings));
        return WorkEstimate.OfOptimization(architecture.Weights, 0, batch * peak, batch * (multiplyAdds + output.MultiplyAdds));
    }

    private static int Bind(ResolvedSettings settings) => settings.Integer(Samples);

    /// <inheritdoc/>
    public ContentRun Start(IGenerator generator, ResolvedSettings settings, long seed, PreparedContents prepared) =>
        new Run(generator, settings, seed);

    private sealed class Run(IGenerator generator, ResolvedSettings settings, long seed)
        : SamplingRun(generator, $"{KindName} {settings} seed={seed}", "the mean image", seed, Bind(settings), Batch)
    {
        /// <summary>Codes of an iteration.</summary>
        public const int Batch = 8;

        private const string SumEntry = "sum";

        private readonly int _side = generator.Architecture.Resolution;
        private readonly Tensor _sum = zeros(
                [3, generator.Architecture.Resolution, generator.Architecture.Resolution],
                generator.Dtype,
                generator.Device
            )
            .DetachFromDisposeScope();

        protected override void Count(Tensor codes)
        {
            var (_, features) = ForwardOnly.Walk(Generator, codes, Generator.Architecture.Layers).Last();
            _sum.AddInPlace(Generator.Output(features).sum([0L]));
        }

        protected override SafetensorsWriter Write(SafetensorsWriter checkpoint) => checkpoint.Add(SumEntry, Floats(_sum), 3, _side, _side);

        protected override void Read(SafetensorsFile checkpoint) =>
            _sum.copy_(tensor(checkpoint.ReadFloats(SumEntry, 3, _side, _side)).reshape(3, _side, _side));

        protected override byte[] Result() =>
            new SafetensorsWriter().Add(ImageEntry, Floats(_sum.DivideBy(Counted)), 3, _side, _side).ToArray();

        protected override void Dispose(bool disposing)
        {
            _sum.Dispose();
            base.Dispose(disposing);
        }
    }
}
