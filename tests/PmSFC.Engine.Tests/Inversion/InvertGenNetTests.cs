using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Methods.InvertGenNet;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class InvertGenNetTests
{
    private static readonly InvertGenNetMethod Method = new();

    [Fact]
    public void Reconstruct_OfSeveralRestarts_IsTheImageOfTheCodeWithTheLeastLoss()
    {
        const int Restarts = 5;
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        var targets = Problems.Targets(generator, 3);
        using var run = Method.Start(
            Problems.Create(Method, generator, targets, [1, 2, 3], ("restarts", $"{Restarts}"), ("iterations", "10"))
        );
        while (!run.IsFinished)
            run.Step();
        run.Restore([.. Enumerable.Range(0, 3).Select(run.Checkpoint)]);

        var best = run.Reconstruct();
        for (var image = 0; image < 3; image++)
        {
            var z = tensor(SafetensorsFile.Read(run.Codes(image), "codes").ReadFloats("z", Restarts, generator.Architecture.LatentSize))
                .view(Restarts, -1);
            var candidates = generator.Forward(z);
            var losses = (candidates - targets.narrow(0, image, 1)).square().mean([1L, 2, 3]);
            run.Losses()[image].ShouldBe(losses.min().item<float>(), 1e-6);
            losses.max().item<float>().ShouldBeGreaterThan(losses.min().item<float>());
            TestTensors.Difference(best[image], candidates[losses.argmin().item<long>()]).ShouldBeLessThan(1e-5f);
        }
    }

    [Fact]
    public void Plan_OfSeveralRestarts_CountsTheWholeGeneratorForEach()
    {
        var settings = Method.Settings.Resolve(null, new Dictionary<string, string> { ["restarts"] = "4" }).Settings!;
        var architecture = RandomGenerator.Paper(64);
        var one = Method.Settings.Resolve(null, new Dictionary<string, string> { ["restarts"] = "1" }).Settings!;

        double Work(PmSFC.Engine.Settings.ResolvedSettings given) =>
            WorkPlanner.Estimate(Method, given, architecture, 1, null, 1).MultiplyAddsPerIteration;

        Work(settings).ShouldBe(4 * Work(one), 1e-6 * Work(settings));
    }
}
