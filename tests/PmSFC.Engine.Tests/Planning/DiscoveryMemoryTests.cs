using System.Globalization;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Tests.Inversion;
using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Planning;

[Collection(AloneCollection.Name), Trait("Runs", "apart")]
public sealed class DiscoveryMemoryTests(ITestOutputHelper output)
{
    private const double Tolerance = 0.15;
    private const int Iterations = 3;

    private static readonly Lazy<byte[]> Paper128 = new(() => RandomGenerator.File(RandomGenerator.Paper(128)));

    [Theory]
    [InlineData("self-expressive", 3, 16, "10")]
    [InlineData("self-expressive", 5, 16, "0")]
    [InlineData("correlation", 5, 64, "")]
    public void Estimate_OfManyCodesOf64Pixels_IsWhatThreeIterationsTake(string name, int split, int codes, string lambda) =>
        Compare(Repository.BundledGenerator, name, split, codes, lambda);

    [Fact]
    public void Estimate_OfAStyleGan2Of64Pixels_IsWhatThreeIterationsTake() =>
        Compare(
            RandomStyleGan2.File(RandomStyleGan2.Of(128, 4, [128, 128, 128, 64, 32])),
            "self-expressive",
            split: 3,
            codes: 16,
            lambda: "10"
        );

    [Theory]
    [InlineData("self-expressive", 5, 2, "10")]
    public void Estimate_OfThePapersSizesAt128Pixels_IsWhatThreeIterationsTake(string name, int split, int codes, string lambda) =>
        Compare(Paper128.Value, name, split, codes, lambda);

    /// <summary>What discoveries and methods read. Of the mean image, at 64 pixels, the last convolution's own buffers are a sixth of 33 MB, and not counted.</summary>
    [Theory]
    [InlineData("statistics", 64)]
    [InlineData("statistics", 128)]
    [InlineData("mean-image", 128)]
    [InlineData("style-gaussian", 32)]
    public void Estimate_OfAPreparation_IsWhatThreeIterationsTake(string name, int resolution)
    {
        var file = resolution switch
        {
            32 => RandomStyleGan2.File(RandomStyleGan2.Of(512, mappingLayers: 8, [64, 64, 32, 32])),
            64 => Repository.BundledGenerator,
            _ => RandomGenerator.File(RandomGenerator.HalfOfPaper(128)),
        };
        var kind = EngineCatalog.BuiltIn.FindPreparation(name)!;
        var settings = kind
            .Settings.Resolve(null, new Dictionary<string, string> { ["samples"] = name == "style-gaussian" ? "2500" : "24" })
            .Settings!;
        var (planned, taken) = MemoryPeak.Measure(Tolerance, () =>
        {
            var weights = EngineCatalog.BuiltIn.Families.Read(file, "generator");
            using var peak = new MemoryPeak();
            using var generator = weights.Load(CPU);
            using var run = kind.Start(generator, settings, 1, PreparedContents.None);
            while (run.Iteration < run.Iterations)
                run.Step();
            return (kind.Estimate(settings, generator.Architecture).Bytes, peak.Bytes);
        });
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} at {resolution}: planned {planned / 1e6:0.0} MB, taken {taken / 1e6:0.0} MB, {(double)planned / taken - 1:+0.0%;-0.0%}"
            )
        );

        ((double)planned / taken).ShouldBeInRange(1 - Tolerance, 1 + Tolerance);
    }

    private void Compare(byte[] file, string name, int split, int codes, string lambda)
    {
        var discovery = EngineCatalog.BuiltIn.FindDiscovery(name)!;
        using (var tiny = RandomGenerator.Load(RandomGenerator.Tiny))
            Run(tiny, 2);

        var (planned, taken) = MemoryPeak.Measure(Tolerance, Measure);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} l={split} codes={codes} lambda={lambda}: planned {planned / 1e6:0.0} MB, taken {taken / 1e6:0.0} MB, {(double)planned / taken - 1:+0.0%;-0.0%}"
            )
        );

        ((double)planned / taken).ShouldBeInRange(1 - Tolerance, 1 + Tolerance);

        (long Planned, long Taken) Measure()
        {
            var weights = EngineCatalog.BuiltIn.Families.Read(file, "generator");
            using var peak = new MemoryPeak();
            using var generator = weights.Load(CPU);
            return (Run(generator, split), peak.Bytes);
        }

        long Run(Engine.Generators.IGenerator generator, int at)
        {
            (string Name, string Value)[] given =
            [
                ("split", $"{at}"),
                ("steps", $"{Iterations}"),
                ("codes-per-step", $"{codes}"),
                ("lambda", lambda),
                ("codes", $"{Iterations * codes}"),
                ("subspaces", "3"),
            ];
            var known = given.Where(pair =>
                pair.Value.Length > 0 && discovery.Settings.Definitions.Any(definition => definition.Name == pair.Name)
            );
            var settings = discovery
                .Settings.Resolve(null, known.ToDictionary(pair => pair.Name, pair => pair.Value))
                .Settings.ShouldNotBeNull();
            using var run = discovery.Start(generator, settings, 1);
            while (run.Iteration < run.Iterations)
                run.Step();
            return discovery.Estimate(settings, generator.Architecture).Bytes;
        }
    }
}
