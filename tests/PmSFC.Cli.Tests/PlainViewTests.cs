using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
using PmSFC.Client.Progress;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Cli.Tests;

public sealed class PlainViewTests
{
    private static readonly SweepPlan Plan = SampleSweep.Plan(2, [.. Enumerable.Range(1, 40).Select(row => $"row {row}")]);

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task FollowAsync_ForANight_SaysHowFarItIsEveryFewSecondsAndThenEveryMinute()
    {
        await FollowAsync(8 * 3600, 1);

        var times = Lines.Select(line => TimeSpan.Parse(line[1..9], null)).ToList();
        times.Count(time => time < TimeSpan.FromSeconds(60)).ShouldBeInRange(10, 12);
        times.Count(time => time >= TimeSpan.FromHours(1)).ShouldBeInRange(7 * 60 - 5, 7 * 60 + 5);
    }

    [Fact]
    public async Task FollowAsync_ManyRows_NamesThoseAtWork()
    {
        await FollowAsync(20, 6);

        Lines[^1]
            .TrimEnd()
            .ShouldStartWith(
                "[00:00:20] 0/80 jobs (0%) · row 1 0/2 2 it/s · row 2 0/2 2 it/s · row 3 0/2 2 it/s · row 4 0/2 2 it/s · 2 other rows at work"
            );
    }

    private async Task FollowAsync(int seconds, int running)
    {
        var progress = new SweepProgress(Plan, new HashSet<string>(), _time);
        var jobs = Plan.Jobs().Where(job => job.Image == Plan.Images[0]).Take(running).Select(job => job.Spec.Id).ToArray();
        await new PlainView(_output, _time).FollowAsync(progress, SweepNews.ReadAsync(progress, EventsAsync()));

        async IAsyncEnumerable<SweepEvent> EventsAsync()
        {
            for (var second = 0; second <= seconds; second++)
            {
                foreach (var job in jobs)
                {
                    yield return new SweepEvent
                    {
                        Sequence = second,
                        At = DateTimeOffset.UnixEpoch,
                        Job = new JobStatus
                        {
                            Id = job,
                            State = JobState.Running,
                            Attempts = 1,
                            Progress = new JobProgress
                            {
                                Iteration = 0,
                                Iterations = 10,
                                Loss = 1,
                                IterationsPerSecond = 2,
                            },
                        },
                    };
                }

                await Task.Yield();
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }
}
