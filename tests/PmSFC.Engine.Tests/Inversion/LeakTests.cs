using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

[Collection(AloneCollection.Name)]
public sealed class LeakTests(ITestOutputHelper output)
{
    // Libraries allocate what they keep in the first steps; after that the heap stays as it is to the byte.
    private const int WarmUp = 40,
        Steps = 60,
        Trials = 5;
    private const long MostGrowth = Steps * 32L;

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
        var held = Held();
        var (tensors, allocated) = (Tensor.TotalCount, GC.GetAllocatedBytesForCurrentThread());
        var (trials, growth) = (0, MostGrowth);

        // A leak grows in every trial, by a scalar a step at least; what the runtime and other threads take does not.
        while (growth >= MostGrowth && trials < Trials)
        {
            for (var i = 0; i < Steps; i++)
                run.Step();
            var now = Held();
            (growth, held, trials) = (now - held, now, trials + 1);
            output.WriteLine($"{name}: {Tensor.TotalCount - tensors} tensors, {growth} bytes of the native heap");
        }

        var perStep = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (Steps * trials);
        output.WriteLine($"{perStep} bytes managed a step");
        Tensor.TotalCount.ShouldBe(tensors);
        growth.ShouldBeLessThan(MostGrowth);
        perStep.ShouldBeLessThan(64 << 10);
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return NativeHeap.InUse();
    }
}
