using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class DeepImagePriorTests
{
    private static readonly DeepImagePriorMethod Method = new();

    /// <summary>Strided convolutions and gradients of weights included: libtorch's oneDNN has been wrong where channels are no multiple of 16.</summary>
    [Theory]
    [InlineData("20", "3")]
    [InlineData("32", "4")]
    public void Gradient_InSinglePrecision_EqualsDoublePrecision(string channels, string skip)
    {
        using var scope = NewDisposeScope();
        var (single, inDouble) = (Descend(ScalarType.Float32), Descend(ScalarType.Float64));

        Tensors.Difference(single.Image.to(ScalarType.Float64), inDouble.Image).ShouldBeLessThan(1e-4f);
        var largest = inDouble.Gradients.Values.Max(Norm);
        foreach (var (name, gradient) in inDouble.Gradients)
        {
            // What a normalization takes out again, such as a bias before it, has a gradient of rounding alone. Norms, since a leaky ReLU whose input
            // is almost 0 may take the other slope, which is right and changes single numbers much.
            Norm([.. gradient.Zip(single.Gradients[name], (a, b) => a - b)]).ShouldBeLessThan(0.05 * Norm(gradient) + 1e-5 * largest, name);
            if (name.EndsWith(".weight", StringComparison.Ordinal)) Norm(gradient).ShouldBeGreaterThan(1e-3 * largest, name);
        }

        static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

        (Tensor Image, Dictionary<string, float[]> Gradients) Descend(ScalarType dtype)
        {
            const float Step = 64;
            using var generator = RandomGenerator.Load(new GeneratorArchitecture(6, [8, 8, 8, 8, 8, 8, 4, 4]), dtype);
            using var targets = (Tensors.Normal(3, 2, 3, 32, 32) * 0.3).to(dtype);
            using var run = Method.Start(Problems.Create(
                Method, generator, targets, [1, 2],
                ("channels", channels), ("skip-channels", skip), ("optimizer", "sgd"), ("learning-rate", $"{Step}"), ("norms", "sum")));
            var image = run.Reconstruct();
            var before = Read(run);
            run.Step();
            var after = Read(run);
            return (image, before.ToDictionary(pair => pair.Key, pair => pair.Value.Zip(after[pair.Key], (a, b) => (a - b) / Step).ToArray()));
        }

        static Dictionary<string, float[]> Read(InversionRun run)
        {
            var file = SafetensorsFile.Read(run.Codes(1), "codes");
            return file.Header.Entries.Values.Where(entry => entry.Name != "noise")
                .ToDictionary(entry => entry.Name, entry => file.ReadFloats(entry.Name, [.. entry.Shape]));
        }
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(64, 5)]
    [InlineData(256, 5)]
    public void Plan_OfAResolution_HasNoMapsBelowTwoPixels(int resolution, int scales)
    {
        var architecture = new SkipArchitecture(resolution, Math.Clamp(int.Log2(resolution) - 1, 1, 5), 128, 4);

        architecture.Scales.ShouldBe(scales);
        architecture.Convolutions().Min(convolution => convolution.Side).ShouldBeGreaterThanOrEqualTo(2);
        architecture.Plan().Parameters.ShouldBeGreaterThan(scales * 400_000);
    }
}
