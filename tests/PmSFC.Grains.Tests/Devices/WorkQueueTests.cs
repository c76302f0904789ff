using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Devices.Scheduling;
using static PmSFC.Grains.Tests.Devices.Items;

namespace PmSFC.Grains.Tests.Devices;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DevicePoolOptions _options = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = Queue(epoch: 1);

    [Fact]
    public void Take_HigherPriorityCameLater_LeasesItFirst()
    {
        _queue.Enqueue(Item("old", priority: 1));
        _queue.Enqueue(Item("urgent", priority: 2));
        Take().Item.Id.ShouldBe("urgent");
    }

    [Fact]
    public void Take_SamePriority_LeasesTheOldestOfTheOwnerWhoUsedLess()
    {
        foreach (var id in (string[])["a1", "a2", "a3"])
            _queue.Enqueue(Item(id, "ann"));
        foreach (var id in (string[])["b1", "b2"])
            _queue.Enqueue(Item(id, "bob"));
        Enumerable.Range(0, 4).Select(_ => Take().Item.Id).ShouldBe(["a1", "b1", "a2", "b2"]);
    }

    [Fact]
    public void Take_WithAnotherPolicy_FollowsItWithinAPriorityAndByAgeWhereItsRanksAreEqual()
    {
        _options.Scheduling = new ShortestQueuePolicy();
        var queue = Queue(epoch: 1);
        foreach (var id in (string[])["a1", "a2", "a3"])
            queue.Enqueue(Item(id, batch: "a"));
        foreach (var id in (string[])["b1", "b2"])
            queue.Enqueue(Item(id, batch: "b"));
        queue.Enqueue(Item("urgent1", batch: "u", priority: 1));
        queue.Enqueue(Item("urgent2", batch: "u", priority: 1));

        Enumerable
            .Range(0, 7)
            .Select(_ => queue.Take(Ask()).Single().Item.Id)
            .ShouldBe(["urgent1", "urgent2", "b1", "b2", "a1", "a2", "a3"]);
    }

    [Fact]
    public void Take_OneOwnerUsedTheDeviceForAnHour_ForgetsItByHalfLives()
    {
        _queue.Enqueue(Item("a1", "ann"));
        var held = Take();
        _time.Advance(TimeSpan.FromHours(1));
        _queue.Return(held.Hold());
        _queue.Enqueue(Item("b0", "bob"));
        held = Take();
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Return(held.Hold());
        _queue.Enqueue(Item("a2", "ann"));
        _queue.Enqueue(Item("b1", "bob"));
        Take().Item.Id.ShouldBe("b1");
        _time.Advance(_options.UsageHalfLife * 20);
        _queue.Enqueue(Item("b2", "bob"));
        Take().Item.Id.ShouldBe("a2", "bob's running lease outweighs what is left of ann's hour");
    }

    [Fact]
    public void Take_SomeTimeAfterTheItemCame_SaysHowLongItWaited()
    {
        _queue.Enqueue(Item("a", priority: 1));
        _time.Advance(TimeSpan.FromSeconds(3));
        _queue.Enqueue(Item("a", priority: 2));
        _queue.Enqueue(Item("b", priority: 1));
        _time.Advance(TimeSpan.FromSeconds(4));

        Take().Waited.ShouldBe(TimeSpan.FromSeconds(7), "what is asked for an item may change while it waits");
        var held = Take();
        held.Waited.ShouldBe(TimeSpan.FromSeconds(4));
        _queue.Return(held.Hold());
        _queue.Enqueue(Item("b"));
        Take().Waited.ShouldBe(TimeSpan.Zero, "the wait of another attempt begins at zero");
    }

    [Fact]
    public void Loads_NothingMeasured_CountEachItemAMinuteByMemory()
    {
        foreach (var id in (string[])["a", "b"])
            _queue.Enqueue(Item(id, bytes: 7));
        _queue.Enqueue(Item("c", bytes: 3));
        Take().Item.Id.ShouldBe("a");

        _queue
            .Loads()
            .ShouldBe([
                Load(3, queued: 1, queuedSeconds: 60, unmeasured: 1),
                Load(7, queued: 1, running: 1, queuedSeconds: 60, runningSeconds: 60, unmeasured: 2),
            ]);
    }

    [Fact]
    public void Loads_ARateWasMeasured_CountWhatIsLeftOfTheIterations()
    {
        foreach (var id in (string[])["a", "b", "c"])
            _queue.Enqueue(Item(id, iterations: 200));
        var held = Take();

        _queue.Renew("w", held.Hold() with { Measured = Measured(iteration: 50, iterations: 200, seconds: 0.1) });

        _queue
            .Loads()
            .ShouldHaveSingleItem()
            .ShouldBe(Load(1, queued: 2, running: 1, queuedSeconds: 2 * 200 * 0.1, runningSeconds: 150 * 0.1));
        _queue.Return(held.Hold() with { Measured = Measured(iteration: 200, iterations: 200, seconds: 0.1) });
        _queue.Loads().ShouldHaveSingleItem().ShouldBe(Load(1, queued: 2, queuedSeconds: 40));
    }

    [Fact]
    public void Loads_AnotherRowOfAMeasuredMethod_CountsItsOwnIterationsAtThatRate()
    {
        _queue.Enqueue(Item("a", iterations: 200));
        _queue.Return(Take().Hold() with { Measured = Measured(iteration: 200, iterations: 200, seconds: 0.5) });
        _queue.Enqueue(Item("b", batch: "longer", iterations: 1000));

        _queue.Loads().ShouldHaveSingleItem().ShouldBe(Load(1, queued: 1, queuedSeconds: 500));
    }

    [Fact]
    public void Loads_RatesDiffer_ComeNearerToTheNewestWithEachMeasurement()
    {
        foreach (var id in (string[])["a", "b"])
            _queue.Enqueue(Item(id, iterations: 10));
        var held = Take();
        _queue.Renew("w", held.Hold() with { Measured = Measured(1, 10, seconds: 1) });

        double Queued() => _queue.Loads().Sum(load => load.QueuedSeconds);
        Queued().ShouldBe(10, 1e-9);
        _queue.Renew("w", held.Hold() with { Measured = Measured(2, 10, seconds: 2) });
        Queued().ShouldBe(13, 1e-9);
        for (var i = 0; i < 30; i++)
            _queue.Renew("w", held.Hold() with { Measured = Measured(3, 10, seconds: 2) });
        Queued().ShouldBe(20, 0.01);
    }

    [Fact]
    public void Loads_WorkWithoutIterations_CountsWhatALeaseOfItTook()
    {
        foreach (var id in (string[])["a", "b", "c"])
            _queue.Enqueue(Item(id));
        var batch = _queue.Take(Ask(items: 2));
        _time.Advance(TimeSpan.FromSeconds(6));
        _queue.Return(batch[0].Hold());

        _queue.Loads().ShouldHaveSingleItem().ShouldBe(Load(1, queued: 1, running: 1, queuedSeconds: 3, runningSeconds: 3));
    }

    [Fact]
    public void Loads_LeaseOfALostPoolWhoseWorkIsNotKnown_CountsWhatItsWorkerTells()
    {
        var lost = Queue(epoch: 1);
        lost.Enqueue(Item("a"));
        var held = lost.Take(Ask())[0];
        var queue = Queue(epoch: 2);

        queue.Renew("w", held.Hold() with { Measured = Measured(iteration: 5, iterations: 20, seconds: 2) }).ShouldBe(LeaseVerdict.Held);

        queue.Loads().ShouldHaveSingleItem().ShouldBe(Load(0, running: 1, runningSeconds: 30));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    [InlineData(0.0)]
    public void Loads_MeasurementThatIsNone_IsNotLearned(double seconds)
    {
        foreach (var id in (string[])["a", "b"])
            _queue.Enqueue(Item(id, iterations: 10));

        _queue.Renew("w", Take().Hold() with { Measured = Measured(iteration: 1, iterations: 10, seconds) });

        _queue
            .Loads()
            .ShouldHaveSingleItem()
            .ShouldBe(Load(1, queued: 1, running: 1, queuedSeconds: 60, runningSeconds: 60, unmeasured: 2));
    }

    [Fact]
    public void Take_Batch_HoldsAsManyOfTheKeyAsFitMemoryAndCount()
    {
        foreach (var i in Enumerable.Range(0, 9))
            _queue.Enqueue(Item($"{i}", bytes: 3, batch: i % 2 == 0 ? "even" : "odd"));
        _queue.Take(Ask(bytes: 10, items: 8)).Select(l => l.Item.Id).ShouldBe(["0", "2", "4"]);
        _queue.Take(Ask(bytes: 100, items: 2)).Select(l => l.Item.Id).ShouldBe(["1", "3"]);
    }

    [Fact]
    public void Take_ItemLargerThanTheDevice_IsLeftAndTheNextIsTaken()
    {
        _queue.Enqueue(Item("large", priority: 5, bytes: 11));
        _queue.Enqueue(Item("small", bytes: 10));
        _queue.Take(Ask(bytes: 10)).Select(l => l.Item.Id).ShouldBe(["small"]);
        _queue.Take(Ask(bytes: 10)).ShouldBeEmpty();
    }

    [Fact]
    public void Renew_Held_ExtendsTheLeaseAndExpiryEndsIt()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        _time.Advance(_options.LeaseDuration - TimeSpan.FromSeconds(1));
        _queue.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Held);
        _time.Advance(_options.LeaseDuration - TimeSpan.FromSeconds(1));
        _queue.Expire().ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Expire().ShouldHaveSingleItem().Token.ShouldBe(lease.Token);
        _queue.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Lost);
    }

    [Fact]
    public void Renew_Withdrawn_IsCancelledOnceAndThenLost()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        _queue.Withdraw("a");
        _queue.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Cancelled);
        _queue.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Lost);
    }

    [Fact]
    public void Enqueue_LeasedItemOfAnOwnerWhoHasNotSeenTheLease_StaysLeasedAndWanted()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        _queue.Withdraw("a");
        _queue.Enqueue(Item("a")).ShouldBeNull();
        _queue.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Held);
    }

    [Fact]
    public void Enqueue_LeaseThatTheOwnerEnded_WaitsAgainAndTheOldHolderIsToldAndItsReturnIgnored()
    {
        _queue.Enqueue(Item("a"));
        var first = Take();
        _queue.Enqueue(Item("a", token: first.Token)).ShouldNotBeNull();
        _queue.Return(first.Hold());
        var second = Take();
        second.Token.ShouldBeGreaterThan(first.Token);
        _queue.Renew("w", first.Hold()).ShouldBe(LeaseVerdict.Lost);
        _queue.Return(first.Hold());
        _queue.Renew("w", second.Hold()).ShouldBe(LeaseVerdict.Held);
    }

    [Fact]
    public void Enqueue_WaitingAgainWithHigherPriority_MovesAhead()
    {
        _queue.Enqueue(Item("a"));
        _queue.Enqueue(Item("b"));
        _queue.Enqueue(Item("b", priority: 1));
        Take().Item.Id.ShouldBe("b");
    }

    [Fact]
    public void Leave_EndsTheLeasesOfThatWorkerOnly()
    {
        _queue.Enqueue(Item("a"));
        _queue.Enqueue(Item("b"));
        var gone = _queue.Take(Ask("w1"))[0];
        var stays = _queue.Take(Ask("w2"))[0];
        _queue.Leave("w1").ShouldHaveSingleItem().Token.ShouldBe(gone.Token);
        _queue.Renew("w2", stays.Hold()).ShouldBe(LeaseVerdict.Held);
    }

    [Fact]
    public void Tokens_OfALaterEpoch_AreGreaterThanAllOfEarlierOnes()
    {
        _queue.Enqueue(Item("a"));
        var later = Queue(epoch: 2);
        later.Enqueue(Item("a"));
        later.Take(Ask())[0].Token.ShouldBeGreaterThan(Take().Token);
    }

    [Fact]
    public void Renew_AfterARestart_GoesOnUnderTheOldTokenWhoeverSpeaksFirst()
    {
        _queue.Enqueue(Item("a"));
        _queue.Enqueue(Item("b"));
        var (a, b) = (Take(), Take());
        var restarted = Queue(epoch: 2);
        restarted.Renew("w", a.Hold()).ShouldBe(LeaseVerdict.Held);
        restarted.Enqueue(Item("a", token: a.Token, holds: true)).ShouldBeNull();
        restarted.Enqueue(Item("b", token: b.Token, holds: true)).ShouldBeNull();
        restarted.Renew("w", b.Hold()).ShouldBe(LeaseVerdict.Held);
        restarted.Take(Ask("other", items: 9)).ShouldBeEmpty();
        _time.Advance(_options.LeaseDuration);
        restarted.Expire().Select(e => e.Token).Order().ShouldBe([a.Token, b.Token]);
    }

    [Fact]
    public void Renew_AfterARestartOfWorkThatItsOwnerGaveUp_IsLost()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        var restarted = Queue(epoch: 2);
        restarted.Enqueue(Item("a", token: lease.Token));
        restarted.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Lost);
        restarted.Take(Ask())[0].Token.ShouldBeGreaterThan(lease.Token);
    }

    [Fact]
    public void Renew_LongAfterARestart_IsLost()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        var restarted = Queue(epoch: 2);
        _time.Advance(_options.LeaseDuration + TimeSpan.FromTicks(1));
        restarted.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Lost);
        restarted.Enqueue(Item("a", token: lease.Token, holds: true)).ShouldNotBeNull();
    }

    [Fact]
    public void Enqueue_AfterARestartWithoutTrust_WaitsAtOnceAndTheOldLeaseIsLost()
    {
        _queue.Enqueue(Item("a"));
        var lease = Take();
        _options.TrustInEarlierLeases = TimeSpan.Zero;
        var restarted = Queue(epoch: 2);
        restarted.Enqueue(Item("a", token: lease.Token, holds: true)).ShouldNotBeNull();
        restarted.Renew("w", lease.Hold()).ShouldBe(LeaseVerdict.Lost);
        restarted.Take(Ask())[0].Token.ShouldBeGreaterThan(lease.Token);
    }

    [Fact]
    public void Take_Lease_TellsHowLongItHolds()
    {
        _queue.Enqueue(Item("a"));
        Take().Duration.ShouldBe(_options.LeaseDuration);
    }

    private Lease Take() => _queue.Take(Ask()).ShouldHaveSingleItem();

    [Fact]
    public void Take_ByFirstCome_TakesTheOldestWhoeverUsedTheDevices()
    {
        _options.Scheduling = SchedulingPolicies.Find("first-come")!;
        var queue = Queue(epoch: 1);
        foreach (var id in (string[])["a1", "a2", "a3"])
            queue.Enqueue(Item(id, "ann"));
        foreach (var id in (string[])["b1", "b2"])
            queue.Enqueue(Item(id, "bob"));

        Enumerable.Range(0, 5).Select(_ => queue.Take(Ask()).Single().Item.Id).ShouldBe(["a1", "a2", "a3", "b1", "b2"]);
    }

    private sealed class ShortestQueuePolicy : ISchedulingPolicy
    {
        public string Name => "shortest-queue";

        public double Rank(in SchedulingCandidate candidate) => candidate.Waiting;
    }

    private WorkQueue Queue(int epoch) => new(_options, _time, new FencingTokens(epoch));

    private static MeasuredWork Measured(int iteration, int iterations, double seconds) =>
        new()
        {
            Iteration = iteration,
            Iterations = iterations,
            SecondsPerIteration = seconds,
        };

    private static PoolLoad Load(
        long bytes,
        int queued = 0,
        int running = 0,
        double queuedSeconds = 0,
        double runningSeconds = 0,
        int unmeasured = 0
    ) =>
        new()
        {
            BytesPerJob = bytes,
            Queued = queued,
            Running = running,
            QueuedSeconds = queuedSeconds,
            RunningSeconds = runningSeconds,
            Unmeasured = unmeasured,
        };
}
