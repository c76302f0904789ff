using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Tests.Clusters;
using static PmSFC.Grains.Tests.Devices.Items;

namespace PmSFC.Grains.Tests.Devices;

public sealed class HeldBatchTests
{
    [Fact]
    public void Of_SeveralLeases_TellsOfTheBatchThatWasTakenFirst()
    {
        HeldLease[] leases =
        [
            Lease(Item("late", batch: "late"), 5),
            Lease(Item("b", batch: "early") with { Request = Item("b").Request with { SweepId = "t" } }, 1, iteration: 30),
            Lease(Item("a", batch: "early"), 2, iteration: 20),
            Lease(Item("c", batch: "early"), 3),
        ];

        var batch = HeldBatch.Of(leases).ShouldNotBeNull();

        (batch.Kind, batch.Method, batch.BatchKey, batch.Iteration, batch.Iterations).ShouldBe((WorkKind.Inversion, "m", "early", 20, 100));
        batch.ItemIds.ShouldBe(["a", "b", "c"]);
        batch.SweepIds.ShouldBe(["s", "t"]);
    }

    [Fact]
    public void Of_PreparationOrNothing_SaysWhich()
    {
        var request = Item("x").Request;

        HeldBatch.Of([]).ShouldBeNull();
        var discovery = HeldBatch.Of([Lease(WorkItem.For(Plans.Subspaces("learned"), request), 1)])!;
        (discovery.Kind, discovery.Method, discovery.Iteration).ShouldBe((WorkKind.Discovery, "learned", null));
        var training = HeldBatch.Of([Lease(WorkItem.For(Plans.Network("encoder"), request), 1)])!;
        (training.Kind, training.Method).ShouldBe((WorkKind.Training, "encoder"));
    }

    private static HeldLease Lease(WorkItem item, int second, int? iteration = null) =>
        new(second, share: 1, DateTimeOffset.UnixEpoch.AddSeconds(second))
        {
            Item = item,
            Measured = iteration is { } reached
                ? new MeasuredWork
                {
                    Iteration = reached,
                    Iterations = 100,
                    SecondsPerIteration = 1,
                }
                : null,
        };
}
