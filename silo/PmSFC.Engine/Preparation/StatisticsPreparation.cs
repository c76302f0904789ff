using System.Globalization;
using System.Runtime.InteropServices;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Preparation;

/// <summary>
/// Statistics of a generator: mean and standard deviation of every channel of the features at every split, over samples z ~ N(0, I) and pixels.
/// <see cref="GeneratorStatistics"/> reads them.
/// </summary>
public sealed class StatisticsPreparation : IPreparationKind
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "statistics";

    internal const string Samples = "samples";

    /// <inheritdoc/>
    public string Name => KindName;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [new(Samples, SettingKind.Integer, "1000", "latent codes whose features are counted") { Minimum = 1, Maximum = 1_000_000 }],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var (peak, multiplyAdds) = ForwardOnly.Cost(architecture, architecture.LargestSplit);
        var batch = Math.Min(Run.Batch, Bind(settings));
        return WorkEstimate.OfOptimization(architecture.Weights, 0, batch * peak, batch * multiplyAdds);
    }

    private static int Bind(ResolvedSettings settings) => settings.Integer(Samples);

    /// <inheritdoc/>
    public ContentRun Start(IGenerator generator, ResolvedSettings settings, long seed, PreparedContents prepared) =>
        new Run(generator, settings, seed);

    /// <summary>
    /// Means and sums of squared deviations of one batch of codes after the other, in double precision, merged as in Chan, Golub and LeVeque (1983).
    /// </summary>
    private sealed class Run(IGenerator generator, ResolvedSettings settings, long seed) : ContentRun
    {
        /// <summary>Codes of an iteration.</summary>
        public const int Batch = 8;

        private const string MeansEntry = "means",
            SquaresEntry = "squares";

        private static readonly long[] OverPixels = [2];

        private readonly int _samples = Bind(settings);

        // For each split, from 1: each channel's mean, and its sum of squared deviations from it.
        private readonly double[][] _means = [.. Splits(generator).Select(split => new double[generator.Architecture.ChannelsAt(split)])];
        private readonly double[][] _squares = [.. Splits(generator).Select(split => new double[generator.Architecture.ChannelsAt(split)])];

        private int _batches;

        public override int Iteration => _batches;

        public override int Iterations => (_samples + Batch - 1) / Batch;

        private string Identity => $"{KindName} {settings} seed={seed}";

        private int Counted => Math.Min(_samples, _batches * Batch);

        public override void Step()
        {
            if (_batches >= Iterations)
                throw new InvalidOperationException($"All {Iterations} batches of codes are drawn already.");
            using var scope = NewDisposeScope();
            using var off = no_grad();
            var count = Math.Min(Batch, _samples - Counted);
            var codes = NormalNumbers
                .Draw(seed, _batches + 1, count, generator.Architecture.LatentSize)
                .to(generator.Dtype, generator.Device);
            foreach (var (split, features) in ForwardOnly.Walk(generator, codes, generator.Architecture.LargestSplit))
            {
                using var inner = NewDisposeScope();
                Count(split - 1, features.Maps.flatten(2));
            }

            _batches++;
        }

        public override double Loss() => 0;

        public override byte[] Checkpoint() =>
            PreparationCheckpoint
                .Begin(Identity, _batches)
                .AddMetadata(MeansEntry, Text(_means))
                .AddMetadata(SquaresEntry, Text(_squares))
                .ToArray();

        public override void Restore(byte[] checkpoint)
        {
            var header = SafetensorsFile.Read(checkpoint, "The checkpoint of the statistics").Header;
            var batches = PreparationCheckpoint.Iteration(header, Identity, Iterations, "preparation");
            Read(header, MeansEntry, _means);
            Read(header, SquaresEntry, _squares);
            _batches = batches;
        }

        public override byte[] Finish()
        {
            if (_batches < Iterations)
                throw new InvalidOperationException($"The statistics have counted {_batches} of {Iterations} batches of codes.");
            var file = new SafetensorsWriter().AddMetadata(Samples, _samples.ToString(CultureInfo.InvariantCulture));
            foreach (var split in Splits(generator))
            {
                var (means, squares) = (_means[split - 1], _squares[split - 1]);
                var numbers = _samples * Math.Pow(generator.Architecture.ResolutionAt(split), 2);
                file.Add(GeneratorStatistics.MeanEntry(split), Array.ConvertAll(means, mean => (float)mean), means.Length);
                file.Add(
                    GeneratorStatistics.DeviationEntry(split),
                    Array.ConvertAll(squares, sum => (float)Math.Sqrt(sum / numbers)),
                    squares.Length
                );
            }

            return file.ToArray();
        }

        private static IEnumerable<int> Splits(IGenerator generator) => Enumerable.Range(1, generator.Architecture.LargestSplit);

        /// <summary>Adds a batch's maps, [N, C, h·w], to the moments of a split.</summary>
        private void Count(int index, Tensor maps)
        {
            var pixels = maps.shape[2];
            var mean = maps.mean(OverPixels, keepdim: true); // [N, C, 1]
            var differences = maps - mean;
            var squares = (differences * differences).sum(OverPixels); // [N, C]
            var (means, sums) = (Numbers(mean), Numbers(squares));
            var channels = _means[index].Length;
            for (var code = 0; code < maps.shape[0]; code++)
            {
                var before = (double)(Counted + code) * pixels;
                var share = pixels / (before + pixels);
                for (var channel = 0; channel < channels; channel++)
                {
                    var delta = means[code * channels + channel] - _means[index][channel];
                    _means[index][channel] += delta * share;
                    _squares[index][channel] += sums[code * channels + channel] + delta * delta * before * share;
                }
            }
        }

        private static double[] Numbers(Tensor tensor) => tensor.to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();

        // Safetensors files of the product hold single precision, which would lose digits.
        private static string Text(double[][] numbers) =>
            Convert.ToBase64String(MemoryMarshal.AsBytes<double>(numbers.SelectMany(row => row).ToArray()));

        private static void Read(SafetensorsHeader header, string entry, double[][] into)
        {
            var numbers = new double[into.Sum(row => row.Length)];
            var bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
            if (
                !Convert.TryFromBase64String(header.Metadata.GetValueOrDefault(entry) ?? "", bytes, out var written)
                || written != bytes.Length
            )
                throw new CheckpointException($"The checkpoint of the statistics has no '{entry}' of this generator; begin them again.");
            var at = 0;
            foreach (var row in into)
            {
                numbers.AsSpan(at, row.Length).CopyTo(row);
                at += row.Length;
            }
        }
    }
}
