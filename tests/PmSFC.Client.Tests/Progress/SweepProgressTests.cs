using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Progress;

namespace PmSFC.Client.Tests.Progress;

public sealed class SweepProgressTests
{
    private readonly SweepPlan _plan = PlanOf(cells: 2, images: 2, iterations: 100);

    [Fact]
    public void Cells_NothingStored_AreEmptyAndUnknown()
    {
        var progress = Follow();

        progress.Cells.ShouldAllBe(cell => cell.Jobs == 2 && cell.Done == 0 && cell.Share == 0 && cell.Remaining == null);
        progress.Remaining.ShouldBeNull();
    }

    [Fact]
    public void Cells_OfNoIterations_AreDoneAsTheirJobsAre()
    {
        var plan = PlanOf(cells: 1, images: 2, iterations: 0);
        var progress = new SweepProgress(plan, new HashSet<string>(), new FakeTimeProvider());
        progress.Cells[0].Share.ShouldBe(0);
        progress.Remaining.ShouldBeNull("jobs are left, and what they wait for has no estimate");

        progress.Apply(Event(plan.Jobs().First().Spec.Id, JobState.Succeeded, 0, 0));

        progress.Cells[0].Share.ShouldBe(0.5);
    }

    [Fact]
    public void Cells_StoredBefore_CountAsDone()
    {
        var ids = _plan.Jobs().Where(job => job.Cell.Label == "cell-0").Select(job => job.Spec.Id).ToHashSet();

        var progress = new SweepProgress(_plan, ids, new FakeTimeProvider());

        progress.Cells[0].ShouldBe(new CellProgress("cell-0", 2, 2, 2, 0, 0, 1, 0, TimeSpan.Zero));
        progress.Stored.ShouldBe(2);
        progress.Done.ShouldBe(2);
    }

    [Fact]
    public void Remaining_OneBatchRuns_FollowsFromItsSpeedAndTheWorkOfEachCell()
    {
        var progress = Follow();

        // Both images of cell 0 at iteration 50 of 100, 10 iterations a second each: 100 image-iterations are left there at 20 a second, and
        // cell 1 costs twice as much an iteration.
        foreach (var job in _plan.Jobs().Take(2).ToList())
            progress.Apply(Event(job.Spec.Id, JobState.Running, 50, 10));

        progress.Cells[0].Share.ShouldBe(0.5, 1e-12);
        progress.Cells[0].IterationsPerSecond.ShouldBe(20);
        progress.Cells[0].Remaining!.Value.TotalSeconds.ShouldBeInRange(5, 8);
        (progress.Remaining!.Value / progress.Cells[0].Remaining!.Value).ShouldBe(5, 1e-6);
    }

    [Fact]
    public void Remaining_ReportsThatJumpWhileWorkIsSteady_IsSteady()
    {
        var time = new FakeTimeProvider();
        var progress = new SweepProgress(_plan, new HashSet<string>(), time);
        var id = _plan.Jobs().First().Spec.Id;
        var remaining = new List<double>();
        for (var iteration = 0; iteration <= 40; iteration++)
        {
            progress.Apply(Event(id, JobState.Running, iteration, iteration % 2 == 0 ? 1 : 100));
            remaining.Add(progress.Remaining!.Value.TotalSeconds);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // 600 of cell 0's iterations' work in all, one of them a second.
        for (var iteration = 6; iteration <= 40; iteration++)
            remaining[iteration].ShouldBe(600 - iteration, 1e-6);
    }

    [Fact]
    public void Remaining_AfterAWaitWithoutJobs_DoesNotCountTheWait()
    {
        var time = new FakeTimeProvider();
        var progress = new SweepProgress(_plan, new HashSet<string>(), time);
        var id = _plan.Jobs().First().Spec.Id;
        progress.Apply(Event(id, JobState.Running, 10, 1));
        progress.Apply(Event(id, JobState.Lost, 10, 0));
        time.Advance(TimeSpan.FromMinutes(5));
        for (var iteration = 10; iteration <= 20; iteration++)
        {
            progress.Apply(Event(id, JobState.Running, iteration, 1));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        progress.Remaining!.Value.TotalSeconds.ShouldBe(580, 1e-6);
    }

    [Fact]
    public void Cells_FailedJob_IsNeitherDoneNorLeft()
    {
        var progress = Follow();
        var jobs = _plan.Jobs().Take(2).Select(job => job.Spec.Id).ToList();

        progress.Apply(Event(jobs[0], JobState.Succeeded, 100, 0));
        progress.Apply(Event(jobs[1], JobState.Failed, 3, 0));

        progress.Cells[0].ShouldBe(new CellProgress("cell-0", 2, 1, 0, 1, 0, 1, 0, TimeSpan.Zero));
        progress.Cells[0].IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void Waiting_QueuedJobs_AreNoReason()
    {
        var progress = Follow();
        var jobs = _plan.Jobs().Select(job => job.Spec.Id).ToList();

        progress.Apply(Event(jobs[0], JobState.Queued, 0, 0, "waits for a device that is free"));
        progress.Apply(Event(jobs[1], JobState.WaitingForCapacity, 0, 0, "no device is connected"));
        progress.Apply(Event(jobs[2], JobState.WaitingForCapacity, 0, 0, "no device is connected"));

        progress.Waiting.ShouldBe([new WaitingReason("no device is connected", 2)]);
    }

    [Fact]
    public void Waiting_AnyReasonThatIsNotATurn_IsTold()
    {
        var progress = Follow();
        var jobs = _plan.Jobs().Select(job => job.Spec.Id).ToList();

        progress.Apply(Event(jobs[0], JobState.Queued, 0, 0, "the record state/devicepool/pool/default cannot be written"));
        progress.Apply(Event(jobs[1], JobState.Running, 3, 0, heldUpBy: "the store has no space left"));
        progress.Apply(Event(jobs[2], JobState.Queued, 0, 0, WaitingTurn.NotLookedAt));
        progress.Apply(
            new SweepEvent
            {
                Sequence = 1,
                At = default,
                Preparation = new PreparationStatus
                {
                    Id = "set",
                    State = JobState.Queued,
                    WaitingFor = "no device is connected",
                },
            }
        );

        progress.Waiting.ShouldBe([
            new WaitingReason("the record state/devicepool/pool/default cannot be written", 1),
            new WaitingReason("the store has no space left", 1),
            new WaitingReason("no device is connected", 0, PreparationKinds.Subspaces),
        ]);
        progress.Apply(Event(jobs[1], JobState.Running, 4, 1));
        progress.Waiting.Select(entry => entry.Reason).ShouldNotContain("the store has no space left");
    }

    [Fact]
    public void Reason_OfAPassThatFailed_GoesWithTheEnd()
    {
        var progress = Follow();
        progress.Apply(
            new SweepEvent
            {
                Sequence = 1,
                At = default,
                Reason = "the store has no space left",
            }
        );
        progress.Reason.ShouldBe("the store has no space left");

        progress.Apply(
            new SweepEvent
            {
                Sequence = 2,
                At = default,
                Finished = true,
            }
        );

        progress.Reason.ShouldBeNull();
    }

    /// <summary>What is counted as events come equals what a walk over all jobs gives, whatever happens in whatever order.</summary>
    [Fact]
    public void Counts_AfterAnyEvents_AreThoseOfAllJobs()
    {
        var random = new Random(7);
        var plan = PlanOf(cells: 3, images: 5, iterations: 100);
        // The last two rows are the same jobs, and two images are the same.
        plan = plan with
        {
            Cells = [.. plan.Cells, plan.Cells[2] with { Label = "again" }],
            Images = [.. plan.Images, plan.Images[0] with { Name = "copy" }],
        };
        var all = plan.Jobs().Select(job => (job.Cell, job.Spec.Id)).ToArray();
        var stored = all.Take(2).Select(job => job.Id).ToHashSet();
        var progress = new SweepProgress(plan, stored, new FakeTimeProvider());
        var states = new Dictionary<string, (JobState State, int Iteration)>();
        for (var step = 0; step < 400; step++)
        {
            var (id, state, iteration) = (all[random.Next(all.Length)].Id, Enum.GetValues<JobState>()[random.Next(9)], random.Next(120));
            states[id] = (state, iteration);
            progress.Apply(Event(id, state, iteration, 2, state == JobState.Lost ? "it is lost" : null));

            var known = states.Values.Select(job => job.State).ToArray();
            (progress.Failed, progress.Running, progress.Known).ShouldBe(
                (
                    known.Count(job => job is JobState.Failed or JobState.Cancelled),
                    known.Count(job => job == JobState.Running),
                    known.Length
                )
            );
            progress.Done.ShouldBe(all.Select(job => job.Id).Distinct().Count(IsDone));
            progress.Jobs.ShouldBe(15);
            progress.Waiting.Sum(reason => reason.Jobs).ShouldBe(known.Count(job => job == JobState.Lost));
            foreach (var (cell, index) in progress.Cells.Select((cell, index) => (cell, index)))
            {
                var jobs = all.Where(job => job.Cell.Label == cell.Label).Select(job => job.Id).ToArray();
                (cell.Jobs, cell.Done, cell.Stored, cell.Failed, cell.Running).ShouldBe(
                    (
                        6,
                        jobs.Count(IsDone),
                        jobs.Count(stored.Contains),
                        jobs.Count(id => StateOf(id) is JobState.Failed or JobState.Cancelled),
                        jobs.Count(id => StateOf(id) == JobState.Running)
                    )
                );
                cell.Share.ShouldBe(1 - jobs.Sum(IterationsLeft) / 600.0, 1e-12);
                cell.IterationsPerSecond.ShouldBe(2 * cell.Running, 1e-12);
            }
        }

        JobState? StateOf(string id) => states.TryGetValue(id, out var job) ? job.State : null;
        bool IsDone(string id) => states.TryGetValue(id, out var job) ? job.State == JobState.Succeeded : stored.Contains(id);
        int IterationsLeft(string id) =>
            IsDone(id) || StateOf(id) is JobState.Failed or JobState.Cancelled
                ? 0
                : Math.Max(0, 100 - (states.TryGetValue(id, out var job) ? job.Iteration : 0));
    }

    [Fact]
    public void Share_OfTheSweep_CountsTheWorkOfEachRow()
    {
        var progress = Follow();
        progress.Share.ShouldBe(0);

        // Row 0 costs 1 an iteration and row 1 costs 2: half of one of four jobs, and one job of row 1.
        progress.Apply(Event(_plan.Jobs().First().Spec.Id, JobState.Running, 50, 3));
        progress.Apply(Event(_plan.Jobs().Last().Spec.Id, JobState.Succeeded, 100, 0));

        progress.Share.ShouldBe((50 + 200) / 600.0, 1e-12);
        progress.IterationsPerSecond.ShouldBe(3);
    }

    /// <summary>40 000 events of a sweep of 10 000 jobs, each with a look at what views show, in the time that one walk over all jobs for each event would exceed by far.</summary>
    [Fact]
    public void Apply_ManyEventsOfALargeSweep_CostsLittle()
    {
        var plan = PlanOf(cells: 10, images: 1_000, iterations: 100);
        var progress = new SweepProgress(plan, new HashSet<string>(), new FakeTimeProvider());
        var ids = progress.Sweep.JobIds;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            foreach (
                var (state, iteration) in new[]
                {
                    (JobState.Queued, 0),
                    (JobState.Running, 10),
                    (JobState.Running, 60),
                    (JobState.Succeeded, 100),
                }
            )
            {
                progress.Apply(Event(id, state, iteration, 1));
                _ = (progress.Cells, progress.Remaining, progress.Waiting, progress.Done);
            }
        }

        (progress.Done, progress.Share).ShouldBe((10_000, 1));
        System.Diagnostics.Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    private static SweepEvent Event(
        string id,
        JobState state,
        int iteration,
        double rate,
        string? waitingFor = null,
        string? heldUpBy = null
    ) =>
        new()
        {
            Sequence = 1,
            At = default,
            Job = new JobStatus
            {
                Id = id,
                State = state,
                Attempts = 1,
                WaitingFor = waitingFor,
                Progress = new JobProgress
                {
                    Iteration = iteration,
                    Iterations = 100,
                    Loss = 1,
                    IterationsPerSecond = rate,
                    HeldUpBy = heldUpBy,
                },
            },
        };

    private static SweepPlan PlanOf(int cells, int images, int iterations) =>
        new()
        {
            Name = "plan",
            GeneratorId = "generator",
            Task = "inversion",
            Images = [.. Enumerable.Range(0, images).Select(i => new ImageReference { Id = $"image-{i}", Name = $"image-{i}" })],
            Cells =
            [
                .. Enumerable
                    .Range(0, cells)
                    .Select(i => new SweepCell
                    {
                        Label = $"cell-{i}",
                        Method = "method",
                        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("index", $"{i}"),
                        Iterations = iterations,
                        BytesPerJob = 1,
                        MultiplyAddsPerIteration = i + 1,
                    }),
            ],
            Seed = 0,
            Owner = "owner",
            Priority = 0,
        };

    private SweepProgress Follow() => new(_plan, new HashSet<string>(), new FakeTimeProvider());
}
