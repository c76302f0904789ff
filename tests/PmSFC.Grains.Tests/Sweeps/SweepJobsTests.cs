using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepJobsTests
{
    private readonly SweepJobs _jobs = new(Plans.Plan(images: 5, cells: 2));

    [Fact]
    public void HandOver_CellByCell_GivesEachJobOnceAndSkipsCellsThatAreNotReady()
    {
        var second = _jobs.All.Skip(5).ToArray();

        _jobs.HandOver(3, second.Contains).ShouldBe(second[..3]);
        _jobs.HandOver(100, _ => true).ShouldBe([.. _jobs.All.Take(5), .. second[3..]]);
        _jobs.HasMore(_ => true).ShouldBeFalse();
        (_jobs.Waiting, _jobs.Running, _jobs.Unfinished).ShouldBe((10, 0, 10));
    }

    [Fact]
    public void Set_ThroughALife_CountsEachStateOnce()
    {
        var job = _jobs.HandOver(1, _ => true)[0];

        Set(JobState.Running);
        (_jobs.Waiting, _jobs.Running, _jobs.Failed, _jobs.Unfinished).ShouldBe((0, 1, 0, 10));
        Set(JobState.Lost);
        (_jobs.Waiting, _jobs.Running, _jobs.Failed, _jobs.Unfinished).ShouldBe((1, 0, 0, 10));
        Set(JobState.Failed);
        (_jobs.Waiting, _jobs.Running, _jobs.Failed, _jobs.Unfinished).ShouldBe((0, 0, 1, 9));
        _jobs.Renew(job, job.Status with { State = JobState.Queued });
        (_jobs.Waiting, _jobs.Running, _jobs.Failed, _jobs.Unfinished).ShouldBe((0, 0, 0, 10));
        _jobs.Unexamined().ShouldContain(job);
        _jobs.HandOver(100, _ => true).ShouldContain(job);

        void Set(JobState state) => _jobs.Set(job, job.Status with { State = state });
    }

    [Fact]
    public void Set_JobThatAnEarlierActivationHandedOver_IsNotHandedOverAgain()
    {
        var job = _jobs.All.First();

        _jobs.Set(job, job.Status with { State = JobState.Running });

        (_jobs.Waiting, _jobs.Running).ShouldBe((0, 1));
        _jobs.HandOver(100, _ => true).ShouldNotContain(job);
    }

    [Fact]
    public void WasAsked_AgainAndAgain_WaitsTwiceAsLongUpToALimitAndAtOnceInDoubt()
    {
        var (job, now) = (_jobs.All.First(), DateTimeOffset.UnixEpoch);
        var (shortest, longest) = (TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1));

        Asked().ShouldBe([20, 40, 60, 60]);
        job.MarkStale();
        job.AskAgainAt.ShouldBeLessThan(now);
        Asked().ShouldBe([20, 40, 60, 60]);

        double[] Asked() =>
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                    {
                        job.RecordQuestion(now, shortest, longest);
                        return (job.AskAgainAt - now).TotalSeconds;
                    }),
            ];
    }
}
