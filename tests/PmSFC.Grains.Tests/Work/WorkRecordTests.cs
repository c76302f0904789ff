using System.Text;
using FsCheck.Xunit;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Tests.Devices;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Work;

public sealed class WorkRecordTests
{
    private static WorkRecord Queued => new WorkRecord().Want(Items.Item("a")).Renew();

    [Theory]
    [InlineData(FailureName.BadInput, 1)]
    [InlineData(FailureName.Diverged, 1)]
    [InlineData(FailureName.Lost, 10)]
    public void Fail_SameNameAgainAndAgain_IsFinalAfterItsAttempts(FailureName name, int attempts)
    {
        var record = Queued;
        for (var token = 1; token < attempts; token++)
        {
            record = Fail(record.Begin(token, "d"), token, name);
            record.State.ShouldBe(name == FailureName.Lost ? JobState.Lost : JobState.Queued);
        }

        record = Fail(record.Begin(attempts, "d"), attempts, name);
        record.State.ShouldBe(JobState.Failed);
        record.Attempts.ShouldBe(attempts);
        record.Failure!.Name.ShouldBe(name);
    }

    [Fact]
    public void Fail_StoreUnavailable_IsNeverFinal()
    {
        var record = Queued;
        for (var token = 1; token <= 1000; token++)
            record = Fail(record.Begin(token, "d"), token, FailureName.StoreUnavailable);
        record.State.ShouldBe(JobState.Queued);
    }

    [Fact]
    public void Fail_LostBesideOtherNames_DoesNotUseUpTheirAttemptsNorHideThem()
    {
        var record = Fail(Queued.Begin(1, "d"), 1, FailureName.Bug);
        record = Fail(record.Begin(2, "d"), 2, FailureName.Lost);
        record = Fail(record.Begin(3, "d"), 3, FailureName.Lost);
        record = Fail(record.Begin(4, "d"), 4, FailureName.Bug);
        record.State.ShouldBe(JobState.Queued);
        record.Failure!.Name.ShouldBe(FailureName.Bug);
        Fail(record.Begin(5, "d"), 5, FailureName.Bug).State.ShouldBe(JobState.Failed);
    }

    [Fact]
    public void ForQueue_LostTwice_SharesNoBatchUntilItIsTriedAnew()
    {
        var record = Queued;
        var shared = record.ForQueue().BatchKey;
        record = Fail(record.Begin(1, "d"), 1, FailureName.Lost);
        record.ForQueue().BatchKey.ShouldBe(shared);
        record = Fail(record.Begin(2, "d"), 2, FailureName.Lost);
        record.ForQueue().BatchKey.ShouldNotBe(shared);
        record.ForQueue().BatchKey.ShouldEndWith(record.Item!.Id);
        record.Renew().ForQueue().BatchKey.ShouldBe(shared);
    }

    [Fact]
    public void IsAnew_FailedWork_ForALaterRoundOrAnotherSweepOnly()
    {
        var failed = Fail(Queued.Begin(1, "d"), 1, FailureName.BadInput);
        var request = failed.Item!.Request;
        failed.IsNewRequest(request).ShouldBeFalse();
        failed.IsNewRequest(request with { Round = 1 }).ShouldBeTrue();
        failed.IsNewRequest(request with { SweepId = "other" }).ShouldBeTrue();
    }

    [Fact]
    public void Drop_ByOneOfTwoSweeps_LeavesItWantedUnderTheOthersRequest()
    {
        var shared = Queued.Want(
            Items.Item("a", priority: 9) with
            {
                Request = Items.Item("a", priority: 9).Request with { SweepId = "t" },
            }
        );
        shared.ForQueue().Request.Priority.ShouldBe(9);
        var left = shared.Drop("t");
        left.State.ShouldBe(JobState.Queued);
        left.ForQueue().Request.Priority.ShouldBe(0);
        left.Drop("s").State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public void Begin_AnotherAttempt_HasTheTraceOfThatOneOrNone()
    {
        var first = Queued.Begin(1, "d", "aa");
        first.Begin(1, device: null).TraceId.ShouldBe("aa", "a report that does not name it is of the same attempt");
        Fail(first, 1, FailureName.Bug).TraceId.ShouldBe("aa", "it tells what went wrong");
        Fail(first, 1, FailureName.Bug).Begin(2, "d", "bb").TraceId.ShouldBe("bb");
        Fail(first, 1, FailureName.Bug).Begin(2, "d").TraceId.ShouldBeNull();
    }

    [Fact]
    public void After_AnotherState_IsSinceNowAndElseSinceBefore()
    {
        var (then, now) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1));
        var running = Queued.Begin(1, "d").After(Queued, then);
        running.Since.ShouldBe(then);
        running.Begin(1, device: null).After(running, now).Since.ShouldBe(then);
        running.Finish(1).After(running, now).Since.ShouldBe(now);
    }

    /// <summary>Whatever is reported in whatever order, only the newest lease is heard, tokens never fall, and success is final.</summary>
    [Property(MaxTest = 500)]
    public void AnyReports_OnlyTheNewestLeaseIsHeard((byte What, byte Token)[] reports)
    {
        var record = Queued;
        foreach (var (what, small) in reports)
        {
            long token = small % 16;
            var before = record;
            if (!record.Accepts(token))
            {
                (record.State.IsFinal() || token < record.Token || !record.Holds).ShouldBeTrue();
                continue;
            }

            record = (what % 5) switch
            {
                0 or 1 => record.Begin(token, "d"),
                2 => Fail(record, token, FailureName.Bug),
                3 => record.GiveBack(token),
                _ => record.Finish(token),
            };
            record.Token.ShouldBeGreaterThanOrEqualTo(before.Token);
            record.Token.ShouldBe(token);
            record.Accepts(token - 1).ShouldBeFalse();
            record.Accepts(token).ShouldBe(record.State == JobState.Running);
        }
    }

    /// <summary>What earlier versions stored stays readable: this text is never edited.</summary>
    [Fact]
    public void StoredRecord_OfTheFirstVersion_IsUnderstood()
    {
        const string Stored = """
            {"Item":{"Id":"i","BatchKey":"k","Request":{"SweepId":"s","Owner":"o","Priority":1,"BytesPerJob":2,"TraceParent":null,"Round":3},
            "Job":{"GeneratorId":"g","Task":"t","Method":"m","Settings":{"a":"b"},"SubspaceSetId":null,"ImageId":"x","Seed":4},"Discovery":null,
            "OwnerToken":0,"OwnerHolds":false},"State":"Running","Attempts":2,"Token":4294967297,"Holds":true,
            "FailedAttempts":{"Lost":1},"Failure":{"Name":"Bug","Message":"why"},"Device":"d",
            "Wanted":{"s":{"SweepId":"s","Owner":"o","Priority":1,"BytesPerJob":2,"TraceParent":null,"Round":3}}}
            """;
        var record = GrainRecord.Read<WorkRecord>(Encoding.UTF8.GetBytes(Stored));
        record.State.ShouldBe(JobState.Running);
        record.Accepts(4294967297).ShouldBeTrue();
        record.FailedAttempts[FailureName.Lost].ShouldBe(1);
        record.Wanted["s"].Round.ShouldBe(3);
        record.ForQueue().Job!.Settings["a"].ShouldBe("b");
        record.ForQueue().OwnerToken.ShouldBe(4294967297);
    }

    private static WorkRecord Fail(WorkRecord record, long token, FailureName name) =>
        record.Fail(token, new JobFailure { Name = name, Message = "m" });
}
