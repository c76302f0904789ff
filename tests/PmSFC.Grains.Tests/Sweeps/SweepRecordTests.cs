using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Sweeps;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepRecordTests
{
    public static TheoryData<string> Phases => [.. Enum.GetNames<SweepPhase>()];

    [Theory]
    [InlineData("None", "None", "None", "None", "None", "None")]
    [InlineData("Running", "Cancelling", "Pausing", "Stopping", "Finished", "Running")]
    [InlineData("Cancelling", "Cancelling", "Cancelling", "Cancelling", "Cancelling", "Cancelled")]
    [InlineData("Cancelled", "Cancelled", "Cancelled", "Cancelled", "Cancelled", "Cancelled")]
    [InlineData("Finished", "Finished", "Finished", "Finished", "Finished", "Finished")]
    [InlineData("Stopping", "Cancelling", "Stopping", "Stopping", "Stopping", "Stopped")]
    [InlineData("Stopped", "Stopped", "Stopped", "Stopped", "Stopped", "Stopped")]
    [InlineData("Pausing", "Cancelling", "Pausing", "Pausing", "Pausing", "Paused")]
    [InlineData("Paused", "Cancelling", "Paused", "Paused", "Paused", "Paused")]
    public void Transitions_FromAnyPhase_LeadWhereTheyShould(
        string from,
        string cancelled,
        string paused,
        string stopped,
        string finished,
        string givenUp
    )
    {
        var record = new SweepRecord
        {
            Phase = Enum.Parse<SweepPhase>(from),
            Round = 3,
            Reason = "a reason",
        };

        SweepRecord[] next = [record.Cancel(), record.Pause(), record.Stop("too many"), record.Finish(), record.EndGivingUp()];

        next.Select(to => to.Phase.ToString()).ShouldBe([cancelled, paused, stopped, finished, givenUp]);
        next.Where(to => to.Phase == record.Phase).ShouldAllBe(to => ReferenceEquals(to, record), "what changes nothing is not stored");
        next.ShouldAllBe(to => to.Round == 3);
        next.Select(to =>
                new[] { to.IsWanted, to.IsGivingUp, to.HasEnded, to.Phase == SweepPhase.None, to.Phase == SweepPhase.Paused }.Count(holds =>
                    holds
                )
            )
            .ShouldAllBe(count => count == 1, "a sweep does one thing at a time");
        next.ShouldAllBe(to => to.IsActive == (to.IsWanted || to.IsGivingUp));
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Start_FromAnyPhase_WantsItsJobsForNoReasonLeft(string from)
    {
        var budget = new FailureBudget { Amount = 2, Unit = FailureBudgetUnit.Jobs };
        var record = new SweepRecord
        {
            Phase = Enum.Parse<SweepPhase>(from),
            Round = 3,
            Reason = "a reason",
            Priority = 5,
        };

        record
            .Start(round: 4, budget, "trace")
            .ShouldBe(
                new SweepRecord
                {
                    Phase = SweepPhase.Running,
                    Round = 4,
                    FailureBudget = budget,
                    TraceParent = "trace",
                    Priority = 5,
                }
            );
    }

    [Fact]
    public void Reason_OfPauseStopAndCancel_IsThatOfTheLatest()
    {
        var running = new SweepRecord { Phase = SweepPhase.Running };

        running.Stop("too many").Reason.ShouldBe("too many");
        running.Pause().EndGivingUp().Reason.ShouldBe("It is paused: go on with `sweep resume`.");
        running.Stop("too many").Cancel().Reason.ShouldBeNull();
        running.Pause().Cancel().Reason.ShouldBeNull();
        running.Prioritize(7).ShouldBe(running with { Priority = 7 });
    }
}
