using Microsoft.Extensions.Time.Testing;

namespace PmSFC.Storage.Tests;

public sealed class StoreRetryTests
{
    private static readonly StoreException Full = new(StoreFailure.Full, "it is full.");

    private readonly RushingTime _time = new();
    private readonly RecordingLogger<BlobArtifactStore> _log = new();

    [Fact]
    public async Task RunAsync_AnswerAtOnce_TellsNobody()
    {
        var told = new List<string?>();
        var retry = Retry(new StorePatience { Unavailable = TimeSpan.FromHours(1), Waits = Tell(told) });

        (await retry.RunAsync(attempt => ValueTask.FromResult(attempt.Number), CancellationToken.None)).ShouldBe(1);

        told.ShouldBeEmpty();
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_FailuresThatEnd_TellsEachReasonOnceAndThatItGoesOn()
    {
        var told = new List<string?>();
        var retry = Retry(
            new StorePatience
            {
                Unavailable = TimeSpan.FromHours(1),
                Full = TimeSpan.FromHours(1),
                Waits = Tell(told),
            }
        );

        var number = await retry.RunAsync(
            attempt =>
                attempt.Number switch
                {
                    1 or 2 => throw new StoreAwayException("answered 503", new IOException()),
                    3 or 4 => throw Full,
                    _ => ValueTask.FromResult(attempt.Number),
                },
            CancellationToken.None
        );

        number.ShouldBe(5);
        told.ShouldBe(["the store (test store) answered 503; it is asked again until it answers.", "it is full.", null]);
        _log.Lines.ShouldBe([
            "Warning: test store answered 503, waiting 1 s (attempt 2 comes next)",
            "Warning: test store answered 503, waiting 2 s (attempt 3 comes next)",
            "Warning: Waiting for the artifact store: it is full. Next try in 4 s.",
            "Warning: Waiting for the artifact store: it is full. Next try in 8 s.",
            "Information: test store answers again after 15 s",
        ]);
    }

    [Theory]
    [InlineData(StoreFailure.Unavailable, 10)]
    [InlineData(StoreFailure.Refused, 20)]
    [InlineData(StoreFailure.Full, 40)]
    [InlineData(StoreFailure.Damaged, 0)]
    [InlineData(StoreFailure.Newer, 0)]
    public async Task RunAsync_FailureThatStays_EndsWithinThePatienceOfItsKind(StoreFailure kind, int seconds)
    {
        var retry = Retry(
            new StorePatience
            {
                Unavailable = TimeSpan.FromSeconds(10),
                Refused = TimeSpan.FromSeconds(20),
                Full = TimeSpan.FromSeconds(40),
            }
        );
        var failure = new StoreException(kind, "as told.");

        (
            await Should.ThrowAsync<StoreException>(async () => await retry.RunAsync<int>(_ => throw failure, CancellationToken.None))
        ).ShouldBeSameAs(failure);

        var waited = TimeSpan.FromTicks(_time.Waits.Sum(wait => wait.Ticks)).TotalSeconds;
        waited.ShouldBeLessThanOrEqualTo(seconds);
        (waited + waited + 1).ShouldBeGreaterThan(seconds, "one more wait would have been longer than the patience");
    }

    [Fact]
    public async Task RunAsync_FullWithoutLimit_GoesOnUntilThereIsRoom()
    {
        var retry = Retry(new StorePatience { Full = Timeout.InfiniteTimeSpan });

        (
            await retry.RunAsync(
                attempt => attempt.Number <= 200 ? throw Full : ValueTask.FromResult(attempt.Number),
                CancellationToken.None
            )
        ).ShouldBe(201);

        _time.Waits.Max().ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task RunAsync_AnyOtherFailure_IsToldAtOnce()
    {
        var retry = Retry(new StorePatience { Unavailable = TimeSpan.FromHours(1) });

        await Should.ThrowAsync<InvalidOperationException>(async () =>
            await retry.RunAsync<int>(_ => throw new InvalidOperationException(), CancellationToken.None)
        );

        _time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_JitterAtItsEnds_SpreadsTheWaitByAFifth()
    {
        var draws = new Queue<double>([0, 1]);
        var retry = new StoreRetry(
            () => "test store",
            new StoreRetryOptions
            {
                Jitter = draws.Dequeue,
                Patience = new StorePatience { Full = TimeSpan.FromHours(1) },
            },
            _time,
            _log
        );

        await retry.RunAsync(attempt => attempt.Number < 3 ? throw Full : ValueTask.FromResult(0), CancellationToken.None);

        _time.Waits.Select(wait => wait.TotalSeconds).ShouldBe([0.8, 2.4]);
    }

    [Fact]
    public async Task RunAsync_LeavingDuringAnAttemptThatHangs_EndsWithinTheLimitAndLaterCallsFailAtOnce()
    {
        var time = new FakeTimeProvider();
        using var leaving = new CancellationTokenSource();
        var retry = Retry(Leaving(leaving), time);
        var running = retry.RunAsync(Hang, CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromMinutes(10));
        running.IsCompleted.ShouldBeFalse();

        await leaving.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        running.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Should.ThrowAsync<StoreException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)));
        failure.Kind.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("the store (test store) has not answered within the 15 s");
        var attempts = 0;
        await Should.ThrowAsync<StoreException>(async () =>
            await retry.With(Leaving(leaving)).RunAsync(_ => ValueTask.FromResult(attempts++), CancellationToken.None)
        );
        attempts.ShouldBe(0);
    }

    [Fact]
    public async Task RunAsync_LeavingDuringAWait_EndsWithinTheLimit()
    {
        var time = new FakeTimeProvider();
        using var leaving = new CancellationTokenSource();
        var running = Retry(Leaving(leaving), time)
            .RunAsync<int>(_ => throw new StoreAwayException("did not answer", new IOException()), CancellationToken.None)
            .AsTask();

        await leaving.CancelAsync();
        for (var waited = 0; waited < 15; waited++)
        {
            running.IsCompleted.ShouldBeFalse();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        (await Should.ThrowAsync<StoreException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)))).Kind.ShouldBe(
            StoreFailure.Unavailable
        );
    }

    [Fact]
    public async Task RunAsync_LeavingAndTheStoreComesBackInTime_Succeeds()
    {
        var time = new FakeTimeProvider();
        using var leaving = new CancellationTokenSource();
        await leaving.CancelAsync();
        var running = Retry(Leaving(leaving), time)
            .RunAsync(
                attempt =>
                    attempt.Number == 1
                        ? throw new StoreAwayException("answered 503", new IOException())
                        : ValueTask.FromResult(attempt.Number),
                CancellationToken.None
            )
            .AsTask();

        time.Advance(TimeSpan.FromSeconds(1));

        (await running.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(2);
    }

    [Theory]
    [InlineData(StoreFailure.Full)]
    [InlineData(StoreFailure.Refused)]
    public async Task RunAsync_LeavingAndTheStoreIsFullOrRefuses_IsToldAtOnce(StoreFailure kind)
    {
        using var leaving = new CancellationTokenSource();
        await leaving.CancelAsync();
        var attempts = 0;

        await Should.ThrowAsync<StoreException>(async () =>
            await Retry(Leaving(leaving), new FakeTimeProvider())
                .RunAsync<int>(
                    _ =>
                    {
                        attempts++;
                        throw new StoreException(kind, "as told.");
                    },
                    CancellationToken.None
                )
        );

        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task RunAsync_StoreFoundAwayByOnesThatLeft_IsAskedByOnesThatStay()
    {
        using var leaving = new CancellationTokenSource();
        await leaving.CancelAsync();
        var time = new FakeTimeProvider();
        var retry = Retry(Leaving(leaving), time);
        var running = retry.RunAsync(Hang, CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromSeconds(15));
        await Should.ThrowAsync<StoreException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)));

        (await retry.With(StorePatience.None).RunAsync(_ => ValueTask.FromResult("an answer"), CancellationToken.None)).ShouldBe(
            "an answer"
        );
        (await retry.RunAsync(_ => ValueTask.FromResult("an answer"), CancellationToken.None)).ShouldBe("an answer");
    }

    [Fact]
    public async Task RunAsync_CallerCancels_IsCancelledAlsoWhereItMayLeave()
    {
        using var leaving = new CancellationTokenSource();
        using var caller = new CancellationTokenSource();
        var running = Retry(Leaving(leaving), new FakeTimeProvider()).RunAsync(Hang, caller.Token).AsTask();

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Options_TimesThatAreNone_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new StoreRetryOptions { FirstWait = TimeSpan.Zero });
        Should.Throw<ArgumentOutOfRangeException>(() => new StoreRetryOptions { LongestWait = TimeSpan.FromSeconds(-1) });
        Should.Throw<ArgumentOutOfRangeException>(() => new StorePatience { Unavailable = TimeSpan.FromSeconds(-1) });
        Should.Throw<ArgumentOutOfRangeException>(() => new StorePatience { LeavingLimit = TimeSpan.Zero });
    }

    private static StorePatience Leaving(CancellationTokenSource leaving) =>
        new()
        {
            Unavailable = TimeSpan.FromHours(1),
            Refused = TimeSpan.FromHours(1),
            Full = Timeout.InfiniteTimeSpan,
            Leaving = leaving.Token,
        };

    private static Func<string?, Task> Tell(List<string?> told) =>
        reason =>
        {
            told.Add(reason);
            return Task.CompletedTask;
        };

    private static async ValueTask<string> Hang(StoreAttempt attempt)
    {
        await Task.Delay(Timeout.Infinite, attempt.CancellationToken);
        return "";
    }

    private StoreRetry Retry(StorePatience patience, TimeProvider? time = null) =>
        new(() => "test store", new StoreRetryOptions { Jitter = () => 0.5, Patience = patience }, time ?? _time, _log);
}
