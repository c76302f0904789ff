using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class ReferenceTests
{
    // The step size falls in the last fifth. PyTorch needs a second a step in double precision; 50 steps are compared with stored numbers of it, see DeviceCheckTests.
    private const int Steps = 5;

    [FactNeeding<Reference.WithTorch>]
    public void Forward_OfTheBundledNetworks_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        using var perceptual = Problems.BundledFeatures();
        var z = TestTensors.Normal(5, 4, 128);
        var images = generator.Forward(z);
        var features = perceptual.Features(images);
        var problem = new SafetensorsWriter().Add("z", TestTensors.Floats(z), 4, 128).AddMetadata("task", "forward").ToArray();

        features.shape.ShouldBe([4, 128, 8, 8]);
        foreach (var (name, ours) in new[] { ("images", images), ("features", features) })
        {
            var theirs = Reference.Run(Repository.BundledGenerator, Repository.BundledDiscriminator, problem, name);
            var scale = theirs.Max(Math.Abs);
            TestTensors.Floats(ours).Zip(theirs, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f * Math.Max(1, scale), name);
        }
    }

    [FactNeeding<Reference.WithTorch>]
    public void Losses_OfPmsfcWithAdam_FollowPyTorch() => FollowsPyTorch(new PmsfcMethod(), "adam", "0.05", codes: "2", weightPace: "0.5");

    [FactNeeding<Reference.WithTorch>]
    public void Losses_OfMganpriorWithGradientDescent_FollowPyTorch() =>
        FollowsPyTorch(new MganpriorMethod(), "sgd", "1", codes: "5", weightPace: "1");

    private static void FollowsPyTorch(IOptimizationMethod method, string optimizer, string learningRate, string codes, string weightPace)
    {
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator(ScalarType.Float64);
        using var perceptual = Problems.BundledFeatures(ScalarType.Float64);
        var targets = Problems.Targets(generator, 1).to(ScalarType.Float32).to(ScalarType.Float64);
        var problem = Problems.Create(
            method,
            generator,
            perceptual,
            targets,
            [11],
            ("optimizer", optimizer),
            ("learning-rate", learningRate),
            ("weight-pace", weightPace),
            ("schedule", "cosine"),
            ("beta2", "0.999"),
            ("codes", codes),
            ("iterations", $"{Steps}")
        );
        using var run = method.Start(problem);
        var writer = new SafetensorsWriter()
            .Add("target", TestTensors.Floats(targets), 3, 64, 64)
            .Add("labels", [.. (problem.Partition?.Labels ?? []).Select(label => (float)label)], problem.Partition?.Channels ?? 0)
            .AddMetadata("task", method.Name)
            .AddMetadata("split", "3")
            .AddMetadata("steps", Steps.ToString(CultureInfo.InvariantCulture))
            .AddMetadata("learning_rate", learningRate)
            .AddMetadata("weight_pace", weightPace)
            .AddMetadata("beta2", "0.999")
            .AddMetadata("weight", "0.001");
        var start = SafetensorsFile.Read(run.Codes(0), "codes");
        foreach (var name in new[] { "z", "w" })
        {
            long[] shape = [.. start.Header.Entry(name).Shape];
            writer.Add(name, start.ReadFloats(name, shape), shape);
        }

        var ours = Enumerable
            .Range(0, Steps)
            .Select(_ =>
            {
                run.Step();
                return run.Losses()[0];
            })
            .ToArray();
        var theirs = Reference.Run(Repository.BundledGenerator, Repository.BundledDiscriminator, writer.ToArray(), "losses");

        theirs.Length.ShouldBe(Steps);
        theirs[^1].ShouldBeLessThan(theirs[0]);
        ours.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max().ShouldBeLessThan(1e-6f);
    }
}
