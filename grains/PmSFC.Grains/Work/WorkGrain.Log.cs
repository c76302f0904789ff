using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Grains.Work;

internal abstract partial class WorkGrain<TStatus>
{
    [LoggerMessage(LogLevel.Warning, "An attempt at {Id} failed: {Name}: {Message}")]
    private partial void LogFailed(string id, FailureName name, string message);

    [LoggerMessage(LogLevel.Warning, "The worker of {Id} on {Device} was lost.")]
    private partial void LogLost(string id, string? device);

    [LoggerMessage(LogLevel.Debug, "A report on {Id} under token {Token} is ignored: the newest is {Newest}, the state {State}.")]
    private partial void LogStale(string id, long token, long newest, JobState state);

    [LoggerMessage(LogLevel.Warning, "The record of {Id} is kept in memory until it can be stored: {Reason}")]
    private partial void LogNotSaved(string id, string reason);

    [LoggerMessage(LogLevel.Warning, "{Id} could not be put into the queue; its sweeps ask for it again.")]
    private partial void LogNotQueued(string id, Exception exception);
}
