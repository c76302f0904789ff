using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
using PmSFC.Client.Progress;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Cli.Tests;

public sealed class SweepNewsTests
{
    private static readonly SweepPlan Plan = SampleSweep.Plan(3, "ours", "theirs");
    private static readonly string Job = Plan.Jobs().First().Spec.Id;

    [Fact]
    public async Task ReadAsync_SweepThatMovedAndTellsAllAgain_GivesEachEndOnce()
    {
        var other = Plan.Jobs().Last().Spec.Id;
        SweepEvent[] before = [Of(1, Job, JobState.Running), Made(2), Of(3, Job, JobState.Succeeded), Of(4, other, JobState.Failed)];
        SweepEvent[] after =
        [
            Made(7),
            Of(7, Job, JobState.Queued, WaitingTurn.NotLookedAt),
            Of(7, other, JobState.Queued, WaitingTurn.NotLookedAt),
            Of(8, Job, JobState.Queued, "its grain has not looked either"),
            Of(8, Job, JobState.Succeeded),
            Of(9, other, JobState.Failed),
            Ended(10),
        ];

        (await ReadAsync([.. before, .. after])).ShouldBe([1, 2, 3, 4, 10]);
    }

    [Fact]
    public async Task ReadAsync_FailedJobThatIsTriedAgain_GivesBothEnds() =>
        (
            await ReadAsync(
                Of(1, Job, JobState.Failed),
                Of(2, Job, JobState.Queued),
                Of(3, Job, JobState.Failed),
                Of(4, Job, JobState.Running),
                Of(5, Job, JobState.Succeeded)
            )
        ).ShouldBe([1, 2, 3, 4, 5]);

    [Fact]
    public async Task ReadAsync_ResultThatWasRemovedAndIsMadeAgain_GivesBothEnds() =>
        (
            await ReadAsync(
                Of(1, Job, JobState.Succeeded),
                Of(2, Job, JobState.Queued, "its turn"),
                Of(3, Job, JobState.Running),
                Of(4, Job, JobState.Succeeded)
            )
        ).ShouldBe([1, 3, 4]);

    [Fact]
    public async Task ReadAsync_EndThatTheMovedSweepHasNotLookedAt_StaysInWhatIsKnown()
    {
        var progress = new SweepProgress(Plan, new HashSet<string>(), TimeProvider.System);

        await ReadAsync(progress, Of(1, Job, JobState.Succeeded), Of(2, Job, JobState.Queued, WaitingTurn.NotLookedAt), Ended(3));

        (progress.Done, progress.Finished).ShouldBe((1, true));
    }

    [Fact]
    public async Task ReadAsync_JobThatNobodyHasLookedAt_IsToldAsSuch() =>
        (await ReadAsync(Of(1, Job, JobState.Queued, WaitingTurn.NotLookedAt), Of(2, Job, JobState.Succeeded))).ShouldBe([1, 2]);

    private static Task<List<long>> ReadAsync(params SweepEvent[] events) =>
        ReadAsync(new SweepProgress(Plan, new HashSet<string>(), TimeProvider.System), events);

    private static async Task<List<long>> ReadAsync(SweepProgress progress, params SweepEvent[] events)
    {
        var told = new List<long>();
        await foreach (var change in SweepNews.ReadAsync(progress, events.ToAsyncEnumerable()))
            told.Add(change.Sequence);
        return told;
    }

    private static SweepEvent Of(long sequence, string id, JobState state, string? waitingFor = null) =>
        new()
        {
            Sequence = sequence,
            At = DateTimeOffset.UnixEpoch,
            Job = new JobStatus
            {
                Id = id,
                State = state,
                Attempts = (int)sequence,
                WaitingFor = waitingFor,
            },
        };

    private static SweepEvent Made(long sequence) =>
        new()
        {
            Sequence = sequence,
            At = DateTimeOffset.UnixEpoch,
            Preparation = new PreparationStatus { Id = "0123456789abcdef0123456789abcdef", State = JobState.Succeeded },
        };

    private static SweepEvent Ended(long sequence) =>
        new()
        {
            Sequence = sequence,
            At = DateTimeOffset.UnixEpoch,
            Finished = true,
        };
}
