using System.Globalization;
using System.Runtime.InteropServices;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
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
    private sealed class Run(IGenerator generator, ResolvedSettings settings, long seed)
        : SamplingRun(generator, $"{KindName} {settings} seed={seed}", "the statistics", seed, Bind(settings), Batch)
    {
        /// <summary>Codes of an iteration.</summary>
        public const int Batch = 8;

        private const string MeansEntry = "means",
            SquaresEntry = "squares";

        private static readonly long[] OverPixels = [2];

        // For each split, from 1: each channel's mean, and its sum of squared deviations from it.
        private readonly double[][] _means = [.. Splits(generator).Select(split => new double[generator.Architecture.ChannelsAt(split)])];
        private readonly double[][] _squares = [.. Splits(generator).Select(split => new double[generator.Architecture.ChannelsAt(split)])];

        protected override void Count(Tensor codes)
        {
            foreach (var (split, features) in ForwardOnly.Walk(Generator, codes, Generator.Architecture.LargestSplit))
            {
                using var inner = NewDisposeScope();
                Count(split - 1, features.Maps.flatten(2));
            }
        }

        protected override SafetensorsWriter Write(SafetensorsWriter checkpoint) =>
            checkpoint.AddMetadata(MeansEntry, Text(_means)).AddMetadata(SquaresEntry, Text(_squares));

        protected override void Read(SafetensorsFile checkpoint)
        {
            Read(checkpoint.Header, MeansEntry, _means);
            Read(checkpoint.Header, SquaresEntry, _squares);
        }

        protected override byte[] Result()
        {
            var file = new SafetensorsWriter().AddMetadata(Samples, Counted.ToString(CultureInfo.InvariantCulture));
            foreach (var split in Splits(Generator))
            {
                var (means, squares) = (_means[split - 1], _squares[split - 1]);
                var numbers = Counted * Math.Pow(Generator.Architecture.ResolutionAt(split), 2);
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
