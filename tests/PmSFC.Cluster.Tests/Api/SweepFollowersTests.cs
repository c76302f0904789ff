using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Storage;
using PmSFC.Web.Following;

namespace PmSFC.Cluster.Tests.Api;

public sealed class SweepFollowersTests : IDisposable
{
    private const long Start = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _silo = new();
    private readonly ISweepGrain _grain = Substitute.For<ISweepGrain>();
    private readonly PlannedSweep _sweep = new(
        new SweepPlan
        {
            Name = "faces",
            GeneratorId = "0011223344556677",
            Task = "inversion",
            Seed = 0,
            Owner = "ada",
            Priority = 0,
            Images =
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(number => new ImageReference { Id = number.ToString("x64", null), Name = $"face {number}.png" }),
            ],
            Cells =
            [
                .. ((string[])["ours", "theirs", "ours again"]).Select(label => new SweepCell
                {
                    Label = label,
                    Method = label[..4],
                    Settings = ImmutableSortedDictionary<string, string>.Empty,
                    Iterations = 100,
                    BytesPerJob = 1,
                    MultiplyAddsPerIteration = 1,
                }),
            ],
        }
    );
    private readonly SweepClient _sweeps;
    private readonly SweepFollowers _followers;

    // What the grain of a sweep keeps and tells, and the calls that watch it.
    private readonly List<SweepEvent> _events = [];
    private readonly ConcurrentQueue<long> _watched = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _latest = Start;
    private int _watching;
    private bool _finished;

    public SweepFollowersTests()
    {
        var grains = Substitute.For<IGrainFactory>();
        grains.GetGrain<ISweepGrain>(_sweep.Id).Returns(_grain);
        _grain
            .GetStatus(Arg.Any<CancellationToken>())
            .Returns(_ => new SweepStatus
            {
                Id = _sweep.Id,
                Name = "faces",
                Finished = _finished,
                Cells = [],
                Running = [],
                Preparations = [],
                Sequence = _latest,
                Waiting = ImmutableSortedDictionary<string, int>.Empty,
                Failures = ImmutableSortedDictionary<Abstractions.Failures.FailureName, int>.Empty,
            });
        _grain.Watch(Arg.Any<long>(), Arg.Any<CancellationToken>()).Returns(call => Watch(call.Arg<long>(), call.Arg<CancellationToken>()));
        _sweeps = new SweepClient(grains, Substitute.For<IArtifactStore>(), _time);
        _followers = new SweepFollowers(
            _sweeps,
            Options.Create(new JsonOptions()),
            _time,
            NullLogger<SweepFollowers>.Instance,
            _silo.Token
        );
    }

    public void Dispose()
    {
        _followers.Dispose();
        _silo.Dispose();
    }

    [Fact]
    public async Task Readers_AsManyAsThereAre_ShareOneWatchAndGetEveryEvent()
    {
        var follower = await FollowAsync();
        var readers = Enumerable.Range(0, 50).Select(_ => ReadAsync(follower, 0)).ToArray();
        for (var iteration = 0; iteration < 100; iteration++)
        {
            Tell(iteration % 6, JobState.Running, iteration);
            if (iteration % 10 == 0)
                await Task.Delay(1);
        }

        Finish();

        foreach (var frames in await Task.WhenAll(readers).WaitAsync(Patience))
        {
            frames
                .Where(frame => frame.Id is not null)
                .Select(frame => frame.Id!.Value)
                .ShouldBe(
                    Enumerable.Range(0, 102).Select(number => Start + number),
                    "the number of the states that it began with, and each one since"
                );
            frames[^1].Data.ShouldContain("\"finished\":true");
        }

        _watched.ShouldBe([0]);
    }

    [Fact]
    public async Task Read_FromANumberThatIsKept_GetsWhatFollows()
    {
        var follower = await FollowAsync();
        for (var iteration = 0; iteration < 5; iteration++)
            Tell(iteration, JobState.Running, iteration);
        Finish();

        Numbers(await ReadAsync(follower, Start + 3)).ShouldBe([Start + 4, Start + 5, Start + 6]);
        Numbers(await ReadAsync(follower, Start + 6)).ShouldBe([Start + 6], "the end is told again");
    }

    /// <summary>One who is cut off between events that share a number, or between the rows that share a job, must ask again from before them.</summary>
    [Fact]
    public async Task Read_FromTheBeginning_HasTheLatestStatesAndANumberAtTheLastAlone()
    {
        for (var iteration = 0; iteration < 100; iteration++)
            Tell(iteration % 6, JobState.Running, iteration);
        var follower = await FollowAsync(kept: 4);
        await UntilAsync(() => follower.StatesOf(_sweep.JobIds.Distinct()) is not null);
        Finish();
        await UntilAsync(() => follower.Progress().Running == 6 && _watching == 0);

        var frames = await ReadAsync(follower, 0);

        frames.Count(frame => frame.Data.Contains("\"job\":{")).ShouldBe(9, "six jobs, three of which stand for two rows");
        frames[..^1].ShouldAllBe(frame => frame.Id == null);
        (frames[^1].Id, frames[^1].Data.Contains("\"finished\":true")).ShouldBe((_latest, true));
    }

    [Fact]
    public async Task Read_OfAJobOfTwoRows_HasTheNumberAtTheSecondAlone()
    {
        var follower = await FollowAsync();
        Tell(0, JobState.Running, 1);
        Finish();

        var frames = await ReadAsync(follower, Start);

        frames
            .Select(frame => (frame.Id, frame.Data.Contains("\"cell\":\"ours\""), frame.Data.Contains("\"cell\":\"ours again\"")))
            .ShouldBe([(null, true, false), (Start + 1, false, true), (Start + 2, false, false)]);
    }

    /// <summary>Somebody comes from another silo, which has followed for longer than this one.</summary>
    [Fact]
    public async Task Read_FromBeforeTheFollowing_GetsWhatTheClusterStillKeeps()
    {
        for (var iteration = 0; iteration < 10; iteration++)
            Tell(iteration % 6, JobState.Running, iteration);
        var follower = await FollowAsync();

        var reading = ReadAsync(follower, Start + 4);
        await UntilAsync(() => _watched.Count == 2);
        Tell(0, JobState.Succeeded, 100);
        Finish();

        Numbers(await reading.WaitAsync(Patience)).ShouldBe(Enumerable.Range(5, 8).Select(number => Start + number));
        _watched.ShouldBe([0, Start + 4]);
    }

    [Fact]
    public async Task States_OnceAllAreKnown_AreTold()
    {
        var follower = await FollowAsync();
        for (var job = 0; job < 5; job++)
            Tell(job, JobState.Failed, 3);

        follower.StatesOf(_sweep.JobIds[..1]).ShouldNotBeNull()[_sweep.JobIds[0]].State.ShouldNotBe(JobState.Lost);
        await UntilAsync(() => follower.Progress().Failed == 5);
        var progress = follower.Progress();

        (progress.Jobs, progress.Done, progress.Failed, progress.Running).ShouldBe((6, 0, 5, 0));
        progress
            .Cells.Select(cell => (cell.Label, cell.Jobs, cell.Failed))
            .ShouldBe([("ours", 3, 3), ("theirs", 3, 2), ("ours again", 3, 3)]);
        follower.StatesOf(_sweep.JobIds.Distinct())!.Values.Count(job => job.State == JobState.Failed).ShouldBe(5);
    }

    [Fact]
    public async Task Follower_ThatNobodyAsksForAMinute_IsLetGo()
    {
        var follower = await FollowAsync();
        using var gone = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in follower.ReadAsync(0, gone.Token))
                begun.TrySetResult();
        });
        await begun.Task.WaitAsync(Patience);
        Pass(TimeSpan.FromMinutes(5));
        _followers.Count.ShouldBe(1, "somebody reads its events");

        await gone.CancelAsync();
        await reading
            .WaitAsync(Patience)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Pass(TimeSpan.FromSeconds(50));
        _followers.Count.ShouldBe(1);
        Pass(TimeSpan.FromSeconds(30));

        _followers.Count.ShouldBe(0);
        await UntilAsync(() => _watching == 0);
    }

    [Fact]
    public async Task Followers_OfASiloThatStops_EndWithTheirReaders()
    {
        var reading = ReadAsync(await FollowAsync(), 0);
        await UntilAsync(() => _watching == 1);

        await _silo.CancelAsync();

        await reading.WaitAsync(Patience);
        await UntilAsync(() => _watching == 0);
    }

    [Fact]
    public async Task Follower_OfASweepThatIsStartedAgain_IsANewOne()
    {
        var first = await FollowAsync();
        Finish();
        await ReadAsync(first, 0).WaitAsync(Patience);
        (await FollowAsync()).ShouldBeSameAs(first, "there is nothing new");

        _finished = false;
        var second = await FollowAsync();
        Tell(0, JobState.Running, 1);

        second.ShouldNotBeSameAs(first);
        await UntilAsync(() => second.Progress().Running == 1);
    }

    private async Task<SweepFollower> FollowAsync() =>
        (await _followers.FollowAsync(_sweep, CancellationToken.None).WaitAsync(Patience))!.Value.Follower;

    private async Task<SweepFollower> FollowAsync(int kept)
    {
        var follower = new SweepFollower(
            _sweep,
            _sweeps,
            new JsonOptions().SerializerOptions,
            _time,
            NullLogger.Instance,
            _silo.Token,
            kept
        );
        await follower.CaughtUp.WaitAsync(Patience);
        return follower;
    }

    private static async Task<List<(long? Id, string Data)>> ReadAsync(SweepFollower follower, long after)
    {
        var text = new StringBuilder();
        await foreach (var bytes in follower.ReadAsync(after, CancellationToken.None))
            text.Append(Encoding.UTF8.GetString(bytes.Span));
        return
        [
            .. text.ToString()
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(frame => frame.Split("\nid: "))
                .Select(parts => (parts.Length > 1 ? long.Parse(parts[1], null) : (long?)null, parts[0])),
        ];
    }

    private static long[] Numbers(IEnumerable<(long? Id, string Data)> frames) =>
        [.. frames.Where(frame => frame.Id is not null).Select(frame => frame.Id!.Value)];

    private void Tell(int job, JobState state, int iteration) =>
        Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = default,
            Job = new JobStatus
            {
                Id = _sweep.JobIds[job],
                State = state,
                Attempts = 1,
                Progress = new JobProgress
                {
                    Iteration = iteration,
                    Iterations = 100,
                    Loss = 1,
                    IterationsPerSecond = 1,
                },
            },
        });

    private void Finish()
    {
        _finished = true;
        Add(sequence => new SweepEvent
        {
            Sequence = sequence,
            At = default,
            Finished = true,
        });
    }

    private void Add(Func<long, SweepEvent> create)
    {
        TaskCompletionSource added;
        lock (_events)
        {
            _events.Add(create(++_latest));
            (added, _added) = (_added, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        added.SetResult();
    }

    /// <summary>As the grain does.</summary>
    private async IAsyncEnumerable<SweepEvent> Watch(long after, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _watched.Enqueue(after);
        Interlocked.Increment(ref _watching);
        try
        {
            SweepEvent[] caughtUp = [];
            lock (_events)
            {
                if (after < Start)
                {
                    caughtUp =
                    [
                        .. _sweep
                            .JobIds.Distinct()
                            .Select(id => new SweepEvent
                            {
                                Sequence = _latest,
                                At = default,
                                Job = _events.LastOrDefault(e => e.Job?.Id == id)?.Job
                                    ?? new JobStatus
                                    {
                                        Id = id,
                                        State = JobState.Queued,
                                        Attempts = 0,
                                    },
                            }),
                    ];
                    after = _latest;
                }
            }

            foreach (var change in caughtUp)
                yield return change;
            while (true)
            {
                (SweepEvent[] next, Task added) now;
                lock (_events)
                    now = ([.. _events.Where(e => e.Sequence > after)], _added.Task);
                foreach (var change in now.next)
                {
                    yield return change;
                    after = change.Sequence;
                    if (change.Finished)
                        yield break;
                }

                await now.added.WaitAsync(cancellation);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watching);
        }
    }

    private void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(5))
            _time.Advance(TimeSpan.FromSeconds(5));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(5, patience.Token);
    }
}
