using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace PmSFC.Storage;

/// <summary>
/// Repeats the calls of one store for one kind of callers, with growing and spread waits, until they succeed or the callers' patience ends. No other layer
/// repeats them: neither the client library below nor the callers above.
/// </summary>
public sealed partial class StoreRetry
{
    private static readonly ResiliencePropertyKey<Call> CallKey = new("PmSFC.StoreCall");

    private readonly Func<string> _description;
    private readonly StoreRetryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;

    private readonly Leave _leave;

    internal StoreRetry(Func<string> description, StoreRetryOptions options, TimeProvider time, ILogger logger)
        : this(description, options, options.Patience, time, logger, Pipeline(time), new Leave()) { }

    private StoreRetry(
        Func<string> description,
        StoreRetryOptions options,
        StorePatience patience,
        TimeProvider time,
        ILogger logger,
        ResiliencePipeline pipeline,
        Leave leave
    )
    {
        (_description, _options, _time, _logger, _pipeline, _leave) = (description, options, time, logger, pipeline, leave);
        Patience = patience;
    }

    /// <summary>The patience of the callers.</summary>
    internal StorePatience Patience { get; }

    /// <summary>The same store's calls for callers of another patience.</summary>
    internal StoreRetry With(StorePatience patience) => new(_description, _options, patience, _time, _logger, _pipeline, _leave);

    /// <summary>Makes a call.</summary>
    /// <param name="tryOnce">One attempt. It is repeated where it fails by a <see cref="StoreException"/> of a kind that the patience bears.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StoreException">The last attempt failed so, or found the store away.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<T> RunAsync<T>(Func<StoreAttempt, ValueTask<T>> tryOnce, CancellationToken cancellationToken)
    {
        if (!Patience.Leaving.CanBeCanceled)
            return await RunAsync(tryOnce, new Call(this, cancellationToken));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ITimer? limit = null;
        var leaving = Patience.Leaving.Register(() =>
            limit = _time.CreateTimer(_ => Cancel(end), null, Patience.LeavingLimit, Timeout.InfiniteTimeSpan)
        );
        try
        {
            if (_leave.FoundAway && Patience.Leaving.IsCancellationRequested)
                throw Left(null);
            return await RunAsync(tryOnce, new Call(this, end.Token));
        }
        catch (Exception e)
            when (Patience.Leaving.IsCancellationRequested && !cancellationToken.IsCancellationRequested && IsAway(e, end.Token))
        {
            _leave.FoundAway = true;
            if (e is StoreException)
                throw;
            throw Left(e);
        }
        finally
        {
            await leaving.DisposeAsync();
            if (limit is not null)
                await limit.DisposeAsync();
        }
    }

    private static ResiliencePipeline Pipeline(TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = failed =>
                        ValueTask.FromResult(Of(failed.Context).MayRepeat(failed.Outcome.Exception, failed.AttemptNumber)),
                    // A call ends before a wait that its patience does not cover, so the wait is known before the decision to wait.
                    DelayGenerator = failed => ValueTask.FromResult<TimeSpan?>(Of(failed.Context).Wait),
                    OnRetry = failed => Of(failed.Context).TellAsync(failed.Outcome.Exception!, failed.AttemptNumber),
                }
            )
            .Build();

    private static Call Of(ResilienceContext context) =>
        context.Properties.TryGetValue(CallKey, out var call) ? call : throw new InvalidOperationException("The call is not there.");

    private static void Cancel(CancellationTokenSource end)
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended at this moment.
        }
    }

    private static bool IsAway(Exception failure, CancellationToken end) =>
        failure is StoreException { Kind: StoreFailure.Unavailable } || end.IsCancellationRequested;

    private async ValueTask<T> RunAsync<T>(Func<StoreAttempt, ValueTask<T>> tryOnce, Call call)
    {
        var context = ResilienceContextPool.Shared.Get(call.End);
        context.Properties.Set(CallKey, call);
        try
        {
            var answer = await _pipeline.ExecuteAsync(
                static async (_, state) => await state.tryOnce(state.call.NextAttempt()),
                context,
                (tryOnce, call)
            );
            _leave.FoundAway = false;
            await call.SucceedAsync();
            return answer;
        }
        catch (StoreAwayException away)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"the store ({_description()}) has failed for {Patience.Unavailable.TotalSeconds:0} s (it {away.Answer}): check that it runs and can "
                    + "be reached, then try again; what is stored is kept.",
                away.InnerException
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private StoreException Left(Exception? cause) =>
        new(
            StoreFailure.Unavailable,
            $"the store ({_description()}) has not answered within the {Patience.LeavingLimit.TotalSeconds:0} s that this process waits while it leaves: what is not stored is done again.",
            cause
        );

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Store} {Answer}, waiting {Seconds:0.#} s (attempt {Attempt} comes next)")]
    private partial void Waiting(string store, string answer, double seconds, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} answers again after {Seconds:0.#} s")]
    private partial void AnswersAgain(string store, double seconds);

    [LoggerMessage(LogLevel.Warning, "Waiting for the artifact store: {Reason} Next try in {Seconds} s.")]
    private partial void LogWaiting(string reason, double seconds);

    /// <summary>What all callers of a store share while this process leaves.</summary>
    private sealed class Leave
    {
        /// <summary>Whether a call has found the store away then, so that those after it need not find it out again.</summary>
        public volatile bool FoundAway;
    }

    /// <summary>One call with all of its attempts.</summary>
    private sealed class Call(StoreRetry retry, CancellationToken end)
    {
        private int _attempts;
        private long? _failingSince;
        private bool _wasAway;
        private string? _told;

        public CancellationToken End => end;

        /// <summary>The wait before the next attempt.</summary>
        public TimeSpan Wait { get; private set; }

        public StoreAttempt NextAttempt() => new(++_attempts, end);

        public bool MayRepeat(Exception? failure, int number)
        {
            if (KindOf(failure) is not { } kind)
                return false;
            if (retry.Patience.Leaving.IsCancellationRequested && kind != StoreFailure.Unavailable)
                return false;
            _failingSince ??= retry._time.GetTimestamp();
            Wait = retry._options.WaitAfter(number);
            var patience = retry.Patience.For(kind);
            return patience == Timeout.InfiniteTimeSpan || retry._time.GetElapsedTime(_failingSince.Value) + Wait <= patience;
        }

        public async ValueTask TellAsync(Exception failure, int number)
        {
            string reason;
            if (failure is StoreAwayException away)
            {
                _wasAway = true;
                retry.Waiting(retry._description(), away.Answer, Wait.TotalSeconds, number + 2);
                reason = $"the store ({retry._description()}) {away.Answer}; it is asked again until it answers.";
            }
            else
            {
                reason = failure.Message;
                retry.LogWaiting(reason, Wait.TotalSeconds);
            }

            if (_told == reason)
                return;
            _told = reason;
            await retry.Patience.Waits(reason).WaitAsync(end);
        }

        public async ValueTask SucceedAsync()
        {
            if (_told is null)
                return;
            if (_wasAway)
            {
                var (store, away) = (retry._description(), retry._time.GetElapsedTime(_failingSince!.Value));
                retry.AnswersAgain(store, away.TotalSeconds);
            }

            await retry.Patience.Waits(null);
        }

        private static StoreFailure? KindOf(Exception? failure) =>
            failure switch
            {
                StoreAwayException => StoreFailure.Unavailable,
                StoreException store => store.Kind,
                _ => null,
            };
    }
}
