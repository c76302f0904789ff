using System.Globalization;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Tests.Inversion;
using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Planning;

[Collection(AloneCollection.Name)]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Batch = 24;
    private const string Split = "5";

    /// <summary>One split only: memory that a first batch leaves in the process hides what a second one takes.</summary>
    [Fact]
    public void Estimate_OfALargeBatchOfTheBundledGenerator_IsNearThePeakOfMemory()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var scope = NewDisposeScope();
        using var generator = Problems.BundledGenerator();
        using var perceptual = Problems.BundledFeatures();
        var method = new PmsfcMethod();
        var targets = Problems.Targets(generator, Batch);
        Run(1);
        var before = Memory("VmRSS");
        Run(Batch);
        var measured = Memory("VmHWM") - before;
        var settings = method.Settings.Resolve("tuned", new Dictionary<string, string> { ["split"] = Split }).Settings!;
        var predicted = WorkPlanner.Estimate(method, settings, generator.Architecture, 3, perceptual.Architecture, Batch).Bytes;
        output.WriteLine($"predicted {predicted >> 20} MiB, measured {measured >> 20} MiB");

        ((double)predicted / measured).ShouldBeInRange(0.75, 1.5);

        void Run(int batch)
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            using var run = method.Start(Problems.Create(
                method, generator, perceptual, targets.narrow(0, 0, batch), [.. Enumerable.Range(0, batch).Select(i => (long)i)], ("split", Split)));
            run.Step();
            run.Step();
        }
    }

    private static long Memory(string entry) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(entry, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim(),
        CultureInfo.InvariantCulture);
}
