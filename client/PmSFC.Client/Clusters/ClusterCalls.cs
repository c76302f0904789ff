using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;

namespace PmSFC.Client.Clusters;

/// <summary>Asks grains until the cluster answers: a grain whose silo died is elsewhere soon. Only for commands that may be given twice.</summary>
/// <param name="time">The clock.</param>
internal sealed class ClusterCalls(TimeProvider time)
{
    /// <summary>For how long a cluster that does not answer is asked again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The wait after the first failure; each further one doubles.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private static readonly ResiliencePropertyKey<long> Began = new("PmSFC.CallBegan");

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(
            new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                UseJitter = true,
                ShouldHandle = failed =>
                    ValueTask.FromResult(
                        IsAway(failed.Outcome.Exception) && time.GetElapsedTime(failed.Context.Properties.GetValue(Began, 0)) < Patience
                    ),
            }
        )
        .Build();

    /// <summary>Asks.</summary>
    /// <param name="ask">One call of a grain.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="Exception">The cluster has not answered for 2 minutes, or has answered so.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Began, time.GetTimestamp());
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (context, ask) => await ask(context.CancellationToken).WaitAsync(context.CancellationToken),
                context,
                ask
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool IsAway(Exception? failure) =>
        failure is TimeoutException or OrleansMessageRejectionException or ConnectionFailedException;
}
