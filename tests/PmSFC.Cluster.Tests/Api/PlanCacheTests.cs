using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Storage;
using PmSFC.Web.Api;

namespace PmSFC.Cluster.Tests.Api;

public sealed class PlanCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IArtifactStore _store = Substitute.For<IArtifactStore>();
    private readonly ConcurrentDictionary<string, Artifact> _stored = new();
    private readonly PlanCache _plans;

    public PlanCacheTests()
    {
        _store
            .ReadAsync(Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(call => ValueTask.FromResult(_stored.GetValueOrDefault(call.Arg<string>())));
        _store
            .ExistsAsync(Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(call => ValueTask.FromResult(_stored.ContainsKey(call.Arg<string>())));
        _store
            .ListAsync(Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(_ => _stored.Keys.Order(StringComparer.Ordinal).ToAsyncEnumerable());
        _plans = new PlanCache(new SweepClient(Substitute.For<IGrainFactory>(), _store, _time), _time);
    }

    [Fact]
    public async Task FindAsync_WholeIdOfManyCallers_IsReadOnceAndListsNothing()
    {
        var plan = Store(Plan(1));

        var found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _plans.FindAsync(plan.Id, CancellationToken.None)));

        found.Distinct().ShouldHaveSingleItem().JobIds.ShouldBe(plan.Jobs().Select(job => job.Spec.Id));
        found[0].Id.ShouldBe(plan.Id);
        ReadsOf(plan).ShouldBe(1);
        _store.ReceivedCalls().ShouldNotContain(call => call.GetMethodInfo().Name == nameof(IArtifactStore.ListAsync));
    }

    [Fact]
    public async Task FindAsync_PlanThatWasStoredAgain_HasItsNewNamesAfterAMoment()
    {
        var plan = Store(Plan(1));
        var before = await _plans.FindAsync(plan.Id, CancellationToken.None);
        _time.Advance(PlanCache.Fresh);
        (await _plans.FindAsync(plan.Id[..8], CancellationToken.None)).ShouldBeSameAs(before, "nothing has changed, so nothing is hashed");
        ReadsOf(plan).ShouldBe(2);

        Store(plan with { Name = "later" });
        (await _plans.FindAsync(plan.Id, CancellationToken.None)).Plan.Name.ShouldBe("1");
        _time.Advance(PlanCache.Fresh);

        (await _plans.FindAsync(plan.Id, CancellationToken.None)).Plan.Name.ShouldBe("later");
    }

    [Fact]
    public async Task FindAsync_MoreThanAreKept_ForgetsTheOneThatWasUsedLongestAgo()
    {
        var plans = Enumerable.Range(0, PlanCache.Most).Select(Plan).Select(Store).ToArray();
        foreach (var plan in plans)
            await _plans.FindAsync(plan.Id, CancellationToken.None);
        await _plans.FindAsync(plans[0].Id, CancellationToken.None);

        await _plans.FindAsync(Store(Plan(100)).Id, CancellationToken.None);
        foreach (var plan in plans)
            await _plans.FindAsync(plan.Id, CancellationToken.None);

        ReadsOf(plans[0]).ShouldBe(1);
        ReadsOf(plans[1]).ShouldBe(2);
    }

    [Fact]
    public async Task FindAsync_PlanThatIsNotThere_IsToldAndFoundOnceItIs()
    {
        var plan = Plan(2);
        var other = Store(Plan(1));

        (await Should.ThrowAsync<BadInputException>(() => _plans.FindAsync(plan.Id, CancellationToken.None))).Message.ShouldContain(
            $"There is no sweep '{plan.Id}' among the 1 in"
        );
        Store(plan);
        (await _plans.FindAsync(plan.Id, CancellationToken.None)).Plan.Name.ShouldBe("2");

        // What lies under an id that is not its own is refused, however often it is asked for.
        _stored[ArtifactNames.SweepPlan(new string('0', 32))] = _stored[ArtifactNames.SweepPlan(other.Id)];
        for (var times = 0; times < 2; times++)
            await Should.ThrowAsync<StoreException>(() => _plans.FindAsync(new string('0', 32), CancellationToken.None));
    }

    private static SweepPlan Plan(int seed) =>
        new()
        {
            Name = $"{seed}",
            GeneratorId = "0011223344556677",
            Task = "inversion",
            Seed = seed,
            Owner = "ada",
            Priority = 0,
            Images =
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(number => new ImageReference { Id = number.ToString("x64", null), Name = $"face {number}.png" }),
            ],
            Cells =
            [
                .. ((string[])["ours", "theirs"]).Select(label => new SweepCell
                {
                    Label = label,
                    Method = label,
                    Settings = ImmutableSortedDictionary<string, string>.Empty,
                    Iterations = 100,
                    BytesPerJob = 1,
                    MultiplyAddsPerIteration = 1,
                }),
            ],
        };

    private SweepPlan Store(SweepPlan plan)
    {
        _stored[ArtifactNames.SweepPlan(plan.Id)] = new Artifact(ArtifactJson.Write(plan), $"{plan.Id} {plan.Name}");
        return plan;
    }

    private int ReadsOf(SweepPlan plan) =>
        _store
            .ReceivedCalls()
            .Count(call =>
                call.GetMethodInfo().Name == nameof(IArtifactStore.ReadAsync)
                && (string?)call.GetArguments()[0] == ArtifactNames.SweepPlan(plan.Id)
            );
}
