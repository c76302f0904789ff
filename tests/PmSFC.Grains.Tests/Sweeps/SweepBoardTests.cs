using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepBoardTests
{
    [Fact]
    public void Describe_TwoCellsOfOtherNamesAndEqualSettings_CountsTheirSharedJobsInBoth()
    {
        var plan = Plans.Plan(images: 3);
        var board = new SweepBoard(plan with { Cells = [plan.Cells[0], plan.Cells[0] with { Label = "again" }] }, TimeProvider.System);
        board.Jobs.All.Count.ShouldBe(3);
        board.Describe(SweepPhase.Running, sequence: 0).Cells.ShouldAllBe(c => c.Jobs[JobState.Queued] == 3);
    }

    [Fact]
    public void PreparationsWanted_RandomPartition_ComesAfterTheSetWhoseSizesItTakesAndOnlyWhileJobsNeedIt()
    {
        var learned = Plans.Subspaces("learned");
        var random = Plans.Subspaces("random", sizesOf: learned);
        var board = new SweepBoard(Plans.Plan(images: 1, subspaces: random), TimeProvider.System);
        board.PreparationsWanted().Select(s => s.Status.Id).ShouldBe([learned.Id, random.Id]);
        board.IsReady(board.Preparation(random.Id)!).ShouldBeFalse();

        board.Preparation(learned.Id)!.Status = board.Preparation(learned.Id)!.Status with { State = JobState.Succeeded };
        board.PreparationsWanted().Select(s => s.Status.Id).ShouldBe([random.Id]);
        board.IsReady(board.Preparation(random.Id)!).ShouldBeTrue();

        board.CancelUnfinished();
        board.PreparationsWanted().ShouldBeEmpty();
    }

    [Fact]
    public void CancelUnfinished_StateThatTheSweepGives_IsSinceThen()
    {
        var board = new SweepBoard(Plans.Plan(images: 2), TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        board.Jobs.Set(board.Jobs.All.First(), board.Jobs.All.First().Status with { State = JobState.Running, Since = now.AddHours(-1) });

        board.CancelUnfinished().ShouldAllBe(job => job.Since >= now);
    }

    [Fact]
    public void Describe_EveryJobThatDoesNotRun_HasAReason()
    {
        var board = new SweepBoard(Plans.Plan(images: 4, cells: 2, subspaces: Plans.Subspaces("learned")), TimeProvider.System);
        foreach (var job in board.Jobs.All) job.Examined = true;
        var status = board.Describe(SweepPhase.Running, sequence: 0);
        status.Waiting.Values.Sum().ShouldBe(8);
        status.Waiting.Keys.ShouldAllBe(reason => reason.StartsWith("its subspaces are not discovered yet", StringComparison.Ordinal));
    }
}
