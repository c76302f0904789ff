using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Tests.Clusters;

namespace PmSFC.Grains.Tests.Sweeps;

/// <summary>Preparations that are neither subspaces nor networks, which share one grain and one waiting state.</summary>
public sealed class PreparationTests : IAsyncLifetime
{
    private static readonly PreparationSpec Statistics = Plans.Statistics();

    private readonly TemporaryDirectory _directory = new();
    private TestSilos _silos = null!;

    public async Task InitializeAsync() => _silos = await TestSilos.StartAsync(_directory.Path);

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Start_SetThatIsMadeFromStatistics_IsMadeAfterThemAndBeforeItsJobs()
    {
        var learned = Plans.Subspaces("moments") with { MadeFrom = [Statistics] };
        var plan = Plans.Plan(images: 3, subspaces: learned, preparations: Planned(isReadByJobs: false));
        await _silos.Sweep(plan.Id).Start(plan, null);
        var waiting = await Status(plan, s => s.Waiting.Keys.Any(reason => reason.Contains("'statistics'")));
        waiting.Count(JobState.WaitingForSubspaces).ShouldBe(3);
        waiting.Preparations.Select(p => p.KindName).ShouldBe(["statistics", "subspaces"]);

        await using var worker = new FakeWorker(_silos, "w").Start();
        await Status(plan, s => s.Finished);

        worker.Leases.Select(l => l.Item.Id).Take(2).ShouldBe([Statistics.Id, learned.Id]);
        worker.Leases.Select(l => l.Item.Kind).Take(2).ShouldBe([WorkKind.Preparation, WorkKind.Discovery]);
        worker.Leases.Skip(2).ShouldAllBe(l => l.Item.Job!.Preparations == null);
    }

    [Fact]
    public async Task Start_JobsThatReadStatistics_WaitInTheStateOfOtherPreparations()
    {
        var plan = Plans.Plan(images: 2, preparations: Planned(isReadByJobs: true));
        await _silos.Sweep(plan.Id).Start(plan, null);
        var worker = new FakeWorker(_silos, "w", batch: 1);
        var first = (await Eventually.Get(worker.Lease, l => l.Length == 1))[0];
        first.Item.OtherPreparation!.Id.ShouldBe(Statistics.Id);
        var status = await Status(plan, s =>
            s.Waiting.Keys.Any(reason => reason.StartsWith("its preparation 'statistics' is not made yet: ", StringComparison.Ordinal))
        );
        status.Count(JobState.WaitingForPreparation).ShouldBe(2);
        (await worker.Lease()).ShouldBeEmpty();

        (await worker.Finish(first)).ShouldBeTrue();

        (await Eventually.Get(worker.Lease, l => l.Length == 1))[0].Item.Job!.Preparations!["statistics"].ShouldBe(Statistics.Id);
    }

    [Fact]
    public async Task Start_StatisticsFail_FailsWhatIsMadeFromThemAndTheJobs()
    {
        var learned = Plans.Subspaces("moments") with { MadeFrom = [Statistics] };
        var plan = Plans.Plan(images: 3, subspaces: learned, preparations: Planned(isReadByJobs: false));
        var failure = new JobFailure { Name = FailureName.BadInput, Message = "There is no such preparation." };
        await using var failing = new FakeWorker(_silos, "w")
        {
            Outcome = item => item.Kind == WorkKind.Preparation ? failure : null,
        }.Start();
        await _silos.Sweep(plan.Id).Start(plan, null);
        var status = await Status(plan, s => s.Finished);

        status.Failures[FailureName.BadInput].ShouldBe(3);
        status.Problems.Keys.ShouldHaveSingleItem().ShouldContain("There is no such preparation.");
        failing.Leases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_WhileStatisticsAreMade_GivesThemUp()
    {
        var plan = Plans.Plan(images: 2, preparations: Planned(isReadByJobs: true));
        await _silos.Sweep(plan.Id).Start(plan, null);
        var worker = new FakeWorker(_silos, "w", batch: 1);
        await Eventually.Get(worker.Lease, l => l.Length == 1);

        (await _silos.Sweep(plan.Id).Cancel()).State.ShouldBe(SweepState.Cancelled);

        (await _silos.Grains.GetGrain<IPreparationGrain>(Statistics.Id).GetStatus()).State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public void Id_OfAPlanWithoutOtherPreparations_IsThatOfEarlierVersions()
    {
        var set = Plans.Subspaces("learned");
        (set with { MadeFrom = [] }).Id.ShouldBe(set.Id);
        (set with { MadeFrom = [Statistics] }).Id.ShouldNotBe(set.Id);
        var plan = Plans.Plan(images: 1, preparations: Planned(isReadByJobs: false));
        plan.Id.ShouldBe(Plans.Plan(images: 1).Id);
        Plans.Plan(images: 1, preparations: Planned(isReadByJobs: true)).Id.ShouldNotBe(plan.Id);
    }

    private static PlannedPreparation Planned(bool isReadByJobs) =>
        new()
        {
            Spec = Statistics,
            Bytes = 1,
            IsReadByJobs = isReadByJobs,
        };

    private Task<SweepStatus> Status(SweepPlan plan, Func<SweepStatus, bool> condition) =>
        Eventually.Get(async () => (await _silos.Sweep(plan.Id).GetStatus())!, condition);
}
