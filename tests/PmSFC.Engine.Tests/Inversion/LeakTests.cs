using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

[Collection(AloneCollection.Name)]
public sealed class LeakTests(ITestOutputHelper output)
{
    // The allocator finds its layout in the first thousand steps; measured here, memory then stays within 0.1 MiB.
    private const int WarmUp = 1000,
        Steps = 500,
        Trials = 3;
    private const long MostGrowth = Steps * (4L << 10);

    public static TheoryData<string> Methods => [.. Problems.Searches];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Step_ManyTimes_LeavesTensorsAndMemoryFlat(string name)
    {
        using var generator = Problems.TinyGenerator(name);
        using var targets = Problems.Targets(generator, 2);
        var method = Problems.Search(name);
        using var run = method.Start(
            Problems.Create(
                method,
                generator,
                targets,
                [1, 2],
                ("split", "2"),
                ("codes", "2"),
                ("restarts", "2"),
                ("channels", "4"),
                ("scales", "1"),
                ("iterations", "100000"),
                ("start-share", "0.005"),
                ("input-jitter", "0.03")
            )
        );
        for (var i = 0; i < WarmUp; i++)
            run.Step();
        // Collects first: finalizers free what earlier tests left behind, and the count that follows is of this run alone.
        var resident = Resident();
        var (tensors, allocated) = (Tensor.TotalCount, GC.GetAllocatedBytesForCurrentThread());
        var (trials, growth) = (0, MostGrowth);

        // A leak grows in every trial; what the runtime and other threads take does not.
        while (growth >= MostGrowth && trials < Trials)
        {
            for (var i = 0; i < Steps; i++)
                run.Step();
            var now = Resident();
            (growth, resident, trials) = (now - resident, now, trials + 1);
            output.WriteLine($"{name}: {Tensor.TotalCount - tensors} tensors, {growth / 1024} KiB resident");
        }

        var perStep = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (Steps * trials);
        output.WriteLine($"{perStep} bytes managed a step");
        Tensor.TotalCount.ShouldBe(tensors);
        growth.ShouldBeLessThan(MostGrowth);
        perStep.ShouldBeLessThan(64 << 10);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
