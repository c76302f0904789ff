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

    private sealed class Run(IGenerator generator, ResolvedSettings settings, long seed) : ContentRun
    {
        /// <summary>Codes of an iteration.</summary>
        public const int Batch = 8;

        private const string SumEntry = "sum";

        private readonly int _samples = Bind(settings);
        private readonly int _side = generator.Architecture.Resolution;
        private readonly Tensor _sum = zeros(
                [3, generator.Architecture.Resolution, generator.Architecture.Resolution],
                generator.Dtype,
                generator.Device
            )
            .DetachFromDisposeScope();

        private int _batches;

        public override int Iteration => _batches;

        public override int Iterations => (_samples + Batch - 1) / Batch;

        private string Identity => $"{KindName} {settings} seed={seed}";

        public override void Step()
        {
            if (_batches >= Iterations)
                throw new InvalidOperationException($"All {Iterations} batches of images are drawn already.");
            using var scope = NewDisposeScope();
            using var off = no_grad();
            var count = Math.Min(Batch, _samples - _batches * Batch);
            var codes = NormalNumbers
                .Draw(seed, _batches + 1, count, generator.Architecture.LatentSize)
                .to(generator.Dtype, generator.Device);
            var (_, features) = ForwardOnly.Walk(generator, codes, generator.Architecture.Layers).Last();
            _sum.AddInPlace(generator.Output(features).sum([0L]));
            _batches++;
        }

        public override double Loss() => 0;

        public override byte[] Checkpoint() =>
            PreparationCheckpoint.Begin(Identity, _batches).Add(SumEntry, Floats(_sum), 3, _side, _side).ToArray();

        public override void Restore(byte[] checkpoint)
        {
            var file = SafetensorsFile.Read(checkpoint, "The checkpoint of the mean image");
            var batches = PreparationCheckpoint.Iteration(file.Header, Identity, Iterations, "preparation");
            using var scope = NewDisposeScope();
            _sum.copy_(tensor(file.ReadFloats(SumEntry, 3, _side, _side)).reshape(3, _side, _side));
            _batches = batches;
        }

        public override byte[] Finish()
        {
            if (_batches < Iterations)
                throw new InvalidOperationException($"The mean image has {_batches} of {Iterations} batches of images.");
            using var scope = NewDisposeScope();
            return new SafetensorsWriter().Add(ImageEntry, Floats(_sum.DivideBy(_samples)), 3, _side, _side).ToArray();
        }

        protected override void Dispose(bool disposing)
        {
            _sum.Dispose();
            base.Dispose(disposing);
        }

        private static float[] Floats(Tensor image) => image.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
    }
}
