using Microsoft.Extensions.Logging;

namespace PmSFC.Grains.Sweeps;

internal sealed partial class SweepGrain
{
    [LoggerMessage(LogLevel.Information, "Sweep {Id} '{Name}' of {Jobs} jobs starts, round {Round}.")]
    private partial void LogStarted(string id, string name, int jobs, int round);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is cancelled.")]
    private partial void LogCancelled(string id);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is finished: {Succeeded} of {Jobs} jobs succeeded.")]
    private partial void LogFinished(string id, int succeeded, int jobs);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is paused.")]
    private partial void LogPaused(string id);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} has the priority {Priority} now.")]
    private partial void LogPriority(string id, int priority);

    [LoggerMessage(LogLevel.Warning, "Sweep {Id}: {Reason}")]
    private partial void LogStopped(string id, string reason);

    [LoggerMessage(LogLevel.Warning, "Sweep {Id} could not reconcile its jobs; it tries again.")]
    private partial void LogPassFailed(string id, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Id} did not answer; it is asked again.")]
    private partial void LogNoAnswer(string id, Exception exception);
}
