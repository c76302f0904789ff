using System.Collections.Immutable;
using System.Diagnostics;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Client.Specs;
using PmSFC.Client.Sweeps;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Storage;
using PmSFC.Storage.Tests;

namespace PmSFC.Client.Tests.Sweeps;

public sealed class SweepClientTests : IDisposable
{
    private static readonly SweepPlan Plan = SampleSweep.Plan(3, "ours", "theirs");
    private static readonly SweepSpec Spec = new()
    {
        Name = "faces",
        GeneratorId = "g",
        Task = "inversion",
        Images = [],
        Methods = [],
        Seed = 0,
        Owner = "ada",
        Priority = 0,
    };

    private readonly TemporaryStore _temporary = new();
    private readonly RushingTime _time = new();
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private readonly ISweepGrain _sweep = Substitute.For<ISweepGrain>();
    private readonly SweepClient _client;

    public SweepClientTests()
    {
        _client = new SweepClient(_grains, _temporary.Store, _time);
        _grains.GetGrain<ISweepGrain>(Arg.Any<string>()).Returns(_sweep);
        _sweep
            .Start(Arg.Any<SweepPlan>(), Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns(call => Status(0, isFinished: false) with { Id = call.Arg<SweepPlan>().Id });
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task PlanAsync_Issues_AreToldWithTheirLines()
    {
        var planner = Substitute.For<ISweepPlannerGrain>();
        _grains.GetGrain<ISweepPlannerGrain>(0).Returns(planner);
        planner
            .Plan(Spec)
            .Returns(
                new PlanOutcome { Issues = [new SpecIssue("methods[0].settings.codes", "Too many."), new SpecIssue("task", "Unknown.")] }
            );
        var file = SweepFile.Parse("generator: g\nmethods:\n  - method: m\n    settings:\n      codes: 5", "a.yaml");

        (await Should.ThrowAsync<BadInputException>(() => _client.PlanAsync(Spec, file))).Message.ShouldBe(
            $"a.yaml:5:7: Too many.{Environment.NewLine}a.yaml:1:1: Unknown."
        );
        (await Should.ThrowAsync<BadInputException>(() => _client.PlanAsync(Spec))).Message.ShouldBe(
            $"methods[0].settings.codes: Too many.{Environment.NewLine}task: Unknown."
        );
    }

    [Fact]
    public async Task ForecastAsync_PartlyDone_CountsWhatIsLeft()
    {
        await SampleSweep.StoreAsync(_temporary.Store, Plan, (cell, image) => cell == 0 && image < 2 ? 20 : null);

        var forecast = await _client.ForecastAsync(Plan);

        forecast.Cells.Select(cell => (cell.Label, cell.Jobs, cell.Done)).ShouldBe([("ours", 3, 2), ("theirs", 3, 0)]);
        (forecast.Jobs, forecast.Done, forecast.LargestJobBytes).ShouldBe((6, 2, 2000));
        forecast.MultiplyAddsLeft.ShouldBe(4 * 200 * 1e9);
        (forecast.SubspaceSets, forecast.SubspaceSetsDone).ShouldBe((1, 0));
    }

    [Fact]
    public async Task ForecastAsync_DamagedResultsAndSets_AreLeft()
    {
        await SampleSweep.StoreAsync(_temporary.Store, Plan, (_, _) => 20);
        var ids = Plan.Jobs().Select(job => job.Spec.Id).ToArray();
        File.WriteAllText(_temporary.PathOf($"store/{ArtifactNames.JobResult(ids[0])}"), "{");
        File.Delete(_temporary.PathOf($"store/{ArtifactNames.JobReconstruction(ids[4])}"));
        var seal = ArtifactSeal.Close("{\n \"a\": 1\n}"u8);
        await _temporary.Store.WriteOnceAsync(
            ArtifactNames.SubspaceSet(SampleSweep.Subspaces.Id),
            seal.Select((b, i) => i == 6 ? (byte)(b ^ 1) : b).ToArray()
        );

        var forecast = await _client.ForecastAsync(Plan);

        forecast.Cells.Select(cell => (cell.Jobs, cell.Done)).ShouldBe([(3, 2), (3, 2)]);
        (forecast.Damaged, forecast.SubspaceSetsDone).ShouldBe((2, 0));
    }

    [Fact]
    public async Task StartAsync_Sweep_PassesTheContextOfItsSpanWhichHasTheAttributesOfTheDocument()
    {
        var stopped = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PmSFCTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Add,
        };
        ActivitySource.AddActivityListener(listener);

        using (await _client.StartAsync(Plan))
            stopped.ShouldNotContain(activity => Equals(activity.GetTagItem("pmsfc.sweep.id"), Plan.Id));

        var sweep = stopped.Single(activity => Equals(activity.GetTagItem("pmsfc.sweep.id"), Plan.Id));
        sweep.OperationName.ShouldBe("sweep");
        sweep
            .TagObjects.Select(tag => tag.Key)
            .Order(StringComparer.Ordinal)
            .ShouldBe(TelemetryTables.Spans.Where(row => row.Where == "client").ShouldHaveSingleItem().Attributes);
        await _sweep.Received().Start(Plan, $"00-{sweep.TraceId}-{sweep.SpanId}-00", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task FindPlanAsync_LatestOrBeginning_IsFound()
    {
        var other = Plan with { Seed = 5, Name = "other" };
        await _client.StartAsync(Plan);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _client.StartAsync(other);

        (await _client.FindPlanAsync("latest")).Id.ShouldBe(other.Id);
        (await _client.FindPlanAsync(Plan.Id)).Id.ShouldBe(Plan.Id);
        (await _client.FindPlanAsync(Plan.Id[..6].ToUpperInvariant())).Id.ShouldBe(Plan.Id);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _client.StartAsync(Plan);
        (await _client.FindPlanAsync("latest")).Id.ShouldBe(Plan.Id);
        (await _client.ListAsync()).ShouldBe([
            new StoredSweep(Plan.Id, "faces", _time.GetUtcNow()),
            new StoredSweep(other.Id, "other", _time.GetUtcNow() - TimeSpan.FromSeconds(1)),
        ]);
    }

    [Fact]
    public async Task StartAsync_OtherNames_AreThoseThatAreShownFromThenOn()
    {
        await _client.StartAsync(Plan);
        var renamed = Plan with
        {
            Name = "portraits",
            Images = [.. Plan.Images.Select(image => image with { Name = $"new {image.Name}" })],
            Cells = [.. Plan.Cells.Select(cell => cell with { Label = $"new {cell.Label}" })],
        };
        renamed.Id.ShouldBe(Plan.Id);

        await _client.StartAsync(renamed);

        var found = await _client.FindPlanAsync("latest");
        (found.Name, found.Cells[1].Label, found.Images[2].Name).ShouldBe(("portraits", "new theirs", "new image-2"));
        (await _client.ListAsync()).Single().Name.ShouldBe("portraits");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("\0\0\0")]
    [InlineData("another sweep's")]
    [InlineData("a folder")]
    public async Task ListAsync_DamagedPlan_IsNamedBesideTheOthersAndMendedByRunningTheSpec(string damage)
    {
        var other = Plan with { Seed = 5, Name = "other" };
        await _client.StartAsync(other);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _client.StartAsync(Plan);
        var name = ArtifactNames.SweepPlan(Plan.Id);
        var content = damage == "another sweep's" ? ArtifactJson.Write(other) : System.Text.Encoding.UTF8.GetBytes(damage);
        await _temporary.Store.DeleteAsync(name);
        if (damage == "a folder")
            Directory.CreateDirectory(_temporary.PathOf($"store/{name}"));
        else
            await _temporary.Store.WriteOnceAsync(name, content);

        var listed = await _client.ListAsync();
        listed.Select(sweep => sweep.Id).ShouldBe([Plan.Id, other.Id]);
        listed[1].Problem.ShouldBeNull();
        var problem = (await Should.ThrowAsync<StoreException>(() => _client.FindPlanAsync("latest"))).Message;
        problem.ShouldStartWith($"{name} in ");
        problem.ShouldContain("run the sweep from its spec again");
        problem.ShouldNotContain("PmSFC.");
        if (damage != "another sweep's")
            listed[0].Problem.ShouldBe(problem);
        (await _client.FindPlanAsync(other.Id)).Name.ShouldBe("other");

        await _client.StartAsync(Plan);

        (await _client.FindPlanAsync("latest")).Id.ShouldBe(Plan.Id);
        (await _client.ListAsync()).ShouldAllBe(sweep => sweep.Problem == null);
    }

    [Fact]
    public async Task ListAsync_StrayFolderOrLaterVersion_IsNamedAndNothingElseIsLost()
    {
        await _client.StartAsync(Plan);
        await _temporary.Store.WriteOnceAsync(ArtifactNames.SweepPlan($"{Plan.Id}-backup"), ArtifactJson.Write(Plan));
        await _temporary.Store.WriteOnceAsync(ArtifactNames.SweepPlan(new string('e', 32)), "{\"format\":2}"u8.ToArray());
        await _temporary.Store.WriteOnceAsync("sweeps/notes/readme.txt", new byte[1]);
        await _temporary.Store.WriteOnceAsync($"sweeps/{Plan.Id}/submitted/yesterday", new byte[1]);

        var listed = await _client.ListAsync();

        listed.Length.ShouldBe(3);
        listed[0].ShouldBe(new StoredSweep(Plan.Id, "faces", _time.GetUtcNow()));
        listed
            .Single(sweep => sweep.Id.EndsWith("-backup", StringComparison.Ordinal))
            .Problem!.ShouldContain("is no sweep's id; delete it");
        listed.Single(sweep => sweep.Id[0] == 'e' && sweep.Id[1] == 'e').Problem!.ShouldContain("is of format 2");
        (await _client.FindPlanAsync("latest")).Id.ShouldBe(Plan.Id);
    }

    [Fact]
    public async Task FindPlanAsync_NoSuchSweep_SaysWhatThereIs()
    {
        await Refused("latest", "There is no sweep in ");
        await _client.StartAsync(Plan);
        await Refused("abc", "'abc' is too short");
        await Refused("zzzz", $"the latest is {Plan.Id}");

        async Task Refused(string reference, string message) =>
            (await Should.ThrowAsync<BadInputException>(() => _client.FindPlanAsync(reference))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task WatchAsync_DroppedEnumerator_GoesOnFromTheLastEvent()
    {
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(Events(new EnumerationAbortedException("idle"), 1, 2));
        _sweep.Watch(2, Arg.Any<CancellationToken>()).Returns(Events(new TimeoutException()), Events(null, 3, 4));
        _sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(Status(4, isFinished: false));

        (await Watched()).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task WatchAsync_SweepActivatedAnew_IsToldFromItsBeginning()
    {
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(Events(new SiloUnavailableException("gone"), 1, 2, 3), Events(null, 1, 4));
        _sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(Status(1, isFinished: false));

        (await Watched()).ShouldBe([1, 2, 3, 1, 4]);
    }

    [Fact]
    public async Task WatchAsync_FinishedBeforeItCouldBeSeen_Ends()
    {
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(Events(null, 1, 2));
        _sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(Status(2, isFinished: true));

        (await Watched()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task WatchAsync_UnknownSweep_IsRefused()
    {
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(Events(null));
        _sweep.GetStatus(Arg.Any<CancellationToken>()).Returns((SweepStatus?)null);

        await Should.ThrowAsync<BadInputException>(Watched);
    }

    [Fact]
    public async Task WatchAsync_ClusterThatStaysAway_GivesUpAfterTwoMinutes()
    {
        var start = _time.GetUtcNow();
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(_ => Events(new SiloUnavailableException("gone")));
        _sweep.GetStatus(Arg.Any<CancellationToken>()).ThrowsAsync(new SiloUnavailableException("gone"));

        await Should.ThrowAsync<SiloUnavailableException>(Watched);

        (_time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task WatchAsync_Bug_IsNotWaitedFor()
    {
        _sweep.Watch(0, Arg.Any<CancellationToken>()).Returns(Events(new InvalidOperationException("bug")));

        await Should.ThrowAsync<InvalidOperationException>(Watched);
    }

    [Fact]
    public async Task JobStatusesAsync_Jobs_AreAskedEach()
    {
        _grains
            .GetGrain<IInversionJobGrain>(Arg.Any<string>())
            .Returns(call =>
            {
                var grain = Substitute.For<IInversionJobGrain>();
                grain
                    .GetStatus(Arg.Any<CancellationToken>())
                    .Returns(
                        new JobStatus
                        {
                            Id = call.ArgAt<string>(0),
                            State = JobState.Queued,
                            Attempts = 0,
                        }
                    );
                return grain;
            });

        var statuses = await _client.JobStatusesAsync(["a", "b"]);

        statuses.Select(status => (status.Key, status.Value.Id)).ShouldBe([("a", "a"), ("b", "b")], ignoreOrder: true);
    }

    [Fact]
    public async Task StatusAsync_ClusterAwayForAWhile_AsksAgain()
    {
        var asked = 0;
        _sweep
            .GetStatus(Arg.Any<CancellationToken>())
            .Returns(_ => ++asked <= 5 ? throw new TimeoutException("no answer") : Status(7, isFinished: false));
        var start = _time.GetUtcNow();

        (await _client.StatusAsync(Plan.Id))!.Sequence.ShouldBe(7);

        asked.ShouldBe(6);
        (_time.GetUtcNow() - start).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public async Task StatusAsync_ClusterThatStaysAway_GivesUpAfterTwoMinutes()
    {
        _sweep.GetStatus(Arg.Any<CancellationToken>()).ThrowsAsync(new TimeoutException("no answer"));
        var start = _time.GetUtcNow();

        (await Should.ThrowAsync<TimeoutException>(() => _client.StatusAsync(Plan.Id))).Message.ShouldBe("no answer");

        (_time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task StatusAsync_AnswerThatIsAFailure_IsToldAtOnce()
    {
        _sweep.GetStatus(Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("bug"));

        await Should.ThrowAsync<InvalidOperationException>(() => _client.StatusAsync(Plan.Id));
    }

    private static SweepStatus Status(long sequence, bool isFinished) =>
        new()
        {
            Id = Plan.Id,
            Name = Plan.Name,
            Finished = isFinished,
            Cells = [],
            Running = [],
            Preparations = [],
            Waiting = ImmutableSortedDictionary<string, int>.Empty,
            Failures = ImmutableSortedDictionary<FailureName, int>.Empty,
            Sequence = sequence,
        };

    /// <summary>Events of these numbers, of which 4 finishes the sweep, and then the failure, if any.</summary>
    private static async IAsyncEnumerable<SweepEvent> Events(Exception? failure, params IReadOnlyList<long> numbers)
    {
        await Task.Yield();
        foreach (var number in numbers)
            yield return new SweepEvent
            {
                Sequence = number,
                At = DateTimeOffset.UnixEpoch,
                Finished = number == 4,
            };
        if (failure is not null)
            throw failure;
    }

    private async Task<List<long>> Watched()
    {
        var seen = new List<long>();
        await foreach (var e in _client.WatchAsync(Plan.Id))
            seen.Add(e.Sequence);
        return seen;
    }
}
