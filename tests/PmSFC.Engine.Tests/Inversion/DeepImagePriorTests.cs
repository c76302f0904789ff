using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Dip;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class DeepImagePriorTests
{
    private static readonly DeepImagePriorMethod Method = new();

    /// <summary>The whole network, Adam, and noise on the input that the image's seed and the step determine; the result is that of the input without it.</summary>
    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("0", "bilinear")]
    [InlineData("0.05", "bilinear")]
    [InlineData("0.03", "nearest")]
    public void Losses_WithJitteredInput_FollowPyTorch(string jitter, string upsampling)
    {
        const int Steps = 5,
            Seed = 17;
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(new PgganArchitecture(6, [8, 8, 8, 8, 4, 4]), ScalarType.Float64);
        using var targets = (TestTensors.Normal(3, 2, 3, 16, 16) * 0.3).to(ScalarType.Float32).to(ScalarType.Float64);
        using var run = Method.Start(
            Problems.Create(
                Method,
                generator,
                targets,
                [3, Seed],
                ("scales", "2"),
                ("channels", "5"),
                ("skip-channels", "3"),
                ("learning-rate", "0.01"),
                ("iterations", $"{Steps}"),
                ("input-jitter", jitter),
                ("upsampling", upsampling)
            )
        );
        var writer = new SafetensorsWriter()
            .Add("target", TestTensors.Floats(targets[1]), 3, 16, 16)
            .AddMetadata("scales", "2")
            .AddMetadata("steps", $"{Steps}")
            .AddMetadata("learning_rate", "0.01")
            .AddMetadata("seed", $"{Seed}")
            .AddMetadata("jitter", jitter)
            .AddMetadata("upsampling", upsampling);
        var start = SafetensorsFile.Read(run.Codes(1), "codes");
        foreach (var entry in start.Header.Entries.Values)
            writer.Add(entry.Name, start.ReadFloats(entry.Name, [.. entry.Shape]), [.. entry.Shape]);

        var ours = Enumerable
            .Range(0, Steps)
            .Select(_ =>
            {
                run.Step();
                return run.Losses()[1];
            })
            .ToArray();

        var problem = writer.ToArray();
        var theirs = Reference.Run("skip_reference.py", "losses", problem);
        ours.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max().ShouldBeLessThan(1e-5f);
        var images = Reference.Run("skip_reference.py", "images", problem);
        TestTensors.Floats(run.Reconstruct()[1]).Zip(images, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-3f);
    }

    [Fact]
    public void Images_OfTwoStepsAndSeeds_AreJitteredDifferentlyAndTheSameWayAgain()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var targets = Problems.Targets(generator, 2);
        var problem = Problems.Create(Method, generator, targets, [1, 2], ("channels", "4"), ("scales", "1"));
        using var network = new SkipNetwork(problem, new SkipArchitecture(8, 1, 4, 4) { InputJitter = 0.05 });
        var (first, again, next, still) = (network.Images(0), network.Images(0), network.Images(1), network.Images());

        TestTensors.Difference(first, again).ShouldBe(0f);
        TestTensors.Difference(first, next).ShouldBeGreaterThan(1e-4f);
        TestTensors.Difference(first, still).ShouldBeGreaterThan(1e-4f);
    }

    /// <summary>Strided convolutions and gradients of weights included: libtorch's oneDNN has been wrong where channels are no multiple of 16.</summary>
    [Theory]
    [InlineData("20", "3")]
    [InlineData("32", "4")]
    public void Gradient_InSinglePrecision_EqualsDoublePrecision(string channels, string skip)
    {
        using var scope = NewDisposeScope();
        var (single, inDouble) = (Descend(ScalarType.Float32), Descend(ScalarType.Float64));

        TestTensors.Difference(single.Image.to(ScalarType.Float64), inDouble.Image).ShouldBeLessThan(1e-4f);
        var largest = inDouble.Gradients.Values.Max(Norm);
        foreach (var (name, gradient) in inDouble.Gradients)
        {
            // What a normalization takes out again, such as a bias before it, has a gradient of rounding alone. Norms, since a leaky ReLU whose input
            // is almost 0 may take the other slope, which is right and changes single numbers much.
            Norm([.. gradient.Zip(single.Gradients[name], (a, b) => a - b)])
                .ShouldBeLessThan(0.05 * Norm(gradient) + 1e-5 * largest, name);
            if (name.EndsWith(".weight", StringComparison.Ordinal))
                Norm(gradient).ShouldBeGreaterThan(1e-3 * largest, name);
        }

        static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

        (Tensor Image, Dictionary<string, float[]> Gradients) Descend(ScalarType dtype)
        {
            const float Step = 64;
            using var generator = RandomGenerator.Load(new PgganArchitecture(6, [8, 8, 8, 8, 8, 8, 4, 4]), dtype);
            using var targets = (TestTensors.Normal(3, 2, 3, 32, 32) * 0.3).to(dtype);
            using var run = Method.Start(
                Problems.Create(
                    Method,
                    generator,
                    targets,
                    [1, 2],
                    ("channels", channels),
                    ("skip-channels", skip),
                    ("optimizer", "sgd"),
                    ("learning-rate", $"{Step}"),
                    ("norms", "sum")
                )
            );
            var image = run.Reconstruct();
            var before = Read(run);
            run.Step();
            var after = Read(run);
            return (
                image,
                before.ToDictionary(pair => pair.Key, pair => pair.Value.Zip(after[pair.Key], (a, b) => (a - b) / Step).ToArray())
            );
        }

        static Dictionary<string, float[]> Read(InversionRun run)
        {
            var file = SafetensorsFile.Read(run.Codes(1), "codes");
            return file
                .Header.Entries.Values.Where(entry => entry.Name != "noise")
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
