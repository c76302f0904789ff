using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepTrackerTests
{
    [Fact]
    public void Describe_TwoCellsOfOtherNamesAndEqualSettings_CountsTheirSharedJobsInBoth()
    {
        var plan = Plans.Plan(images: 3);
        var tracker = new SweepTracker(plan with { Cells = [plan.Cells[0], plan.Cells[0] with { Label = "again" }] }, TimeProvider.System);
        tracker.Jobs.All.Count.ShouldBe(3);
        tracker.Describe(SweepPhase.Running, sequence: 0).Cells.ShouldAllBe(c => c.Jobs[JobState.Queued] == 3);
    }

    [Fact]
    public void PreparationsWanted_RandomPartition_ComesAfterTheSetWhoseSizesItTakesAndOnlyWhileJobsNeedIt()
    {
        var learned = Plans.Subspaces("learned");
        var random = Plans.Subspaces("random", sizesOf: learned);
        var tracker = new SweepTracker(Plans.Plan(images: 1, subspaces: random), TimeProvider.System);
        tracker.PreparationsWanted().Select(s => s.Status.Id).ShouldBe([learned.Id, random.Id]);
        tracker.IsReady(tracker.Preparation(random.Id)!).ShouldBeFalse();

        tracker.Preparation(learned.Id)!.Status = tracker.Preparation(learned.Id)!.Status with { State = JobState.Succeeded };
        tracker.PreparationsWanted().Select(s => s.Status.Id).ShouldBe([random.Id]);
        tracker.IsReady(tracker.Preparation(random.Id)!).ShouldBeTrue();

        tracker.CancelUnfinished();
        tracker.PreparationsWanted().ShouldBeEmpty();
    }

    [Fact]
    public void CancelUnfinished_StateThatTheSweepGives_IsSinceThen()
    {
        var tracker = new SweepTracker(Plans.Plan(images: 2), TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        tracker.Jobs.Set(
            tracker.Jobs.All.First(),
            tracker.Jobs.All.First().Status with
            {
                State = JobState.Running,
                Since = now.AddHours(-1),
            }
        );

        tracker.CancelUnfinished().ShouldAllBe(job => job.Since >= now);
    }

    [Fact]
    public void Describe_ReasonThatSomeJobKeeps_HoldsSinceTheFirstUntilNoneHasIt()
    {
        var time = new FakeTimeProvider();
        var tracker = new SweepTracker(Plans.Plan(images: 3), time);
        var jobs = tracker.Jobs.All.ToArray();
        var began = time.GetUtcNow();
        foreach (var job in tracker.Jobs.HandOver(3, _ => true))
            job.Examined = true;
        Wait(jobs[0], "no device");
        time.Advance(TimeSpan.FromSeconds(10));
        Wait(jobs[1], "no device");
        Wait(jobs[0], "no store");

        Since().ShouldBe([new("no device", began), new("no store", began.AddSeconds(10)), new(WaitingTurn.NotLookedAt, began)]);
        tracker
            .Describe(SweepPhase.Running, 0)
            .Waiting.ShouldBe([new("no device", 1), new("no store", 1), new(WaitingTurn.NotLookedAt, 1)]);
        tracker.Jobs.Set(jobs[1], jobs[1].Status with { State = JobState.Running, WaitingFor = null });
        time.Advance(TimeSpan.FromSeconds(10));
        Wait(jobs[1], "no device");
        Since()
            .ShouldBe([new("no device", began.AddSeconds(20)), new("no store", began.AddSeconds(10)), new(WaitingTurn.NotLookedAt, began)]);

        void Wait(SweepJob job, string reason) => tracker.Jobs.Set(job, job.Status with { State = JobState.Queued, WaitingFor = reason });
        IEnumerable<KeyValuePair<string, DateTimeOffset>> Since() => tracker.Describe(SweepPhase.Running, 0).WaitingSince;
    }

    [Fact]
    public void Describe_PreparationThatGoesOn_IsToldSinceItsReasonIsNew()
    {
        var time = new FakeTimeProvider();
        var tracker = new SweepTracker(Plans.Plan(images: 3, subspaces: Plans.Subspaces("learned")), time);
        foreach (var job in tracker.Jobs.All)
            job.Examined = true;
        var preparation = tracker.Preparations[0];
        time.Advance(TimeSpan.FromSeconds(5));
        preparation.Status = preparation.Status with { State = JobState.Running, WaitingFor = null, Device = "cpu" };
        var since = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(5));
        preparation.Status = preparation.Status with
        {
            Progress = new JobProgress
            {
                Iteration = 1,
                Iterations = 9,
                Loss = 1,
                IterationsPerSecond = 1,
            },
        };

        tracker.Describe(SweepPhase.Running, 0).WaitingSince.ShouldBe([new("its subspaces are being discovered on cpu", since)]);
        tracker.Describe(SweepPhase.Running, 0).Waiting.ShouldBe([new("its subspaces are being discovered on cpu", 3)]);
        preparation.Status = preparation.Status with { State = JobState.Succeeded };
        foreach (var (job, status) in tracker.Consequences(preparation).ToArray())
            tracker.Jobs.Set(job, status);
        tracker.Describe(SweepPhase.Running, 0).Waiting.ShouldBe([new(WaitingTurn.BehindOthers, 3)]);
    }

    /// <summary>What is counted as jobs change is what a walk over all jobs counts.</summary>
    [Fact]
    public void Describe_AfterAnyChanges_CountsEachJobOnce()
    {
        var random = new Random(3);
        var plan = Plans.Plan(images: 20, cells: 2, subspaces: Plans.Subspaces("learned"));
        var tracker = new SweepTracker(plan with { Cells = [.. plan.Cells, plan.Cells[0] with { Label = "again" }] }, TimeProvider.System);
        var jobs = tracker.Jobs.All.ToArray();
        for (var step = 0; step < 500; step++)
        {
            var job = jobs[random.Next(jobs.Length)];
            switch (random.Next(6))
            {
                case 0:
                    job.Examined = random.Next(2) == 0;
                    break;
                case 1:
                    tracker.Jobs.HandOver(2, _ => true);
                    break;
                case 2:
                    tracker.Preparations[0].Status = tracker.Preparations[0].Status with
                    {
                        State = (JobState)random.Next(2, 6),
                        WaitingFor = $"{random.Next(2)}",
                    };
                    break;
                default:
                    tracker.Jobs.Set(
                        job,
                        job.Status with
                        {
                            State = (JobState)random.Next(8),
                            WaitingFor = random.Next(2) == 0 ? null : $"{random.Next(3)}",
                        }
                    );
                    break;
            }

            var status = tracker.Describe(SweepPhase.Running, 0);
            // A job has a reason unless it runs or has ended.
            status
                .Waiting.Values.Sum()
                .ShouldBe(jobs.Count(each => !each.Status.State.IsFinal() && each.Status.State != JobState.Running));
            status.WaitingSince.Keys.ShouldBe(status.Waiting.Keys);
            status.Running.Length.ShouldBe(jobs.Count(each => each.Status.State == JobState.Running));
            foreach (var (cell, index) in status.Cells.Select((cell, index) => (cell, index)))
            {
                cell.Jobs.ShouldBe(
                    jobs.Where(each => each.Cells.Contains(index))
                        .GroupBy(each => each.Status.State)
                        .ToDictionary(group => group.Key, group => group.Count()),
                    ignoreOrder: true
                );
            }
        }
    }

    /// <summary>Hundreds of readers ask for it each second: once the id alone took 50 ms, a hash of all jobs.</summary>
    [Fact]
    public void Describe_LargeSweepManyTimes_CostsLittle()
    {
        var plan = Plans.Plan(images: 1_000, cells: 10);
        var tracker = new SweepTracker(plan, TimeProvider.System);
        var began = Stopwatch.GetTimestamp();

        for (var times = 0; times < 500; times++)
            tracker.Describe(SweepPhase.Running, times).Id.Length.ShouldBe(32);

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        tracker.Id.ShouldBe(plan.Id);
    }

    [Fact]
    public void Describe_EveryJobThatDoesNotRun_HasAReason()
    {
        var tracker = new SweepTracker(Plans.Plan(images: 4, cells: 2, subspaces: Plans.Subspaces("learned")), TimeProvider.System);
        foreach (var job in tracker.Jobs.All)
            job.Examined = true;
        var status = tracker.Describe(SweepPhase.Running, sequence: 0);
        status.Waiting.Values.Sum().ShouldBe(8);
        status.Waiting.Keys.ShouldAllBe(reason => reason.StartsWith("its subspaces are not discovered yet", StringComparison.Ordinal));
    }
}
