using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Devices;

public sealed class LeasedWorkTests
{
    [Fact]
    public async Task Progress_OfABatchWithARate_IsMeasuredAsTheItemsShareOfTheDevice()
    {
        var work = new Works().Lease(Works.Spec("image"));
        work.Measured.ShouldBeNull();

        await work.ProgressAsync(Progress(iteration: 5, perSecond: 4), batch: 2);

        work.Measured.ShouldBe(
            new MeasuredWork
            {
                Iteration = 5,
                Iterations = 20,
                SecondsPerIteration = 0.125,
            }
        );
    }

    [Fact]
    public async Task Progress_WithoutARate_LeavesWhatWasMeasured()
    {
        var work = new Works().Lease(Works.Spec("image"));
        await work.ProgressAsync(Progress(iteration: 5, perSecond: 4), batch: 1);

        await work.ProgressAsync(Progress(iteration: 5, perSecond: 0), batch: 1);
        await work.HoldUpAsync("The store is away.");

        work.Measured.ShouldBe(
            new MeasuredWork
            {
                Iteration = 5,
                Iterations = 20,
                SecondsPerIteration = 0.25,
            }
        );
    }

    private static JobProgress Progress(int iteration, double perSecond) =>
        new()
        {
            Iteration = iteration,
            Iterations = 20,
            Loss = 1,
            IterationsPerSecond = perSecond,
        };
}
