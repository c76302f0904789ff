using Microsoft.Extensions.Logging;

namespace PmSFC.Grains.Sweeps;

/// <summary>What sweeps write to the log.</summary>
internal static partial class SweepLog
{
    [LoggerMessage(LogLevel.Information, "Sweep {Id} '{Name}' of {Jobs} jobs starts, round {Round}.")]
    public static partial void LogStarted(this ILogger logger, string id, string name, int jobs, int round);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is cancelled.")]
    public static partial void LogCancelled(this ILogger logger, string id);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is finished: {Succeeded} of {Jobs} jobs succeeded.")]
    public static partial void LogFinished(this ILogger logger, string id, int succeeded, int jobs);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} is paused.")]
    public static partial void LogPaused(this ILogger logger, string id);

    [LoggerMessage(LogLevel.Information, "Sweep {Id} has the priority {Priority} now.")]
    public static partial void LogPriority(this ILogger logger, string id, int priority);

    [LoggerMessage(LogLevel.Warning, "Sweep {Id}: {Reason}")]
    public static partial void LogStopped(this ILogger logger, string id, string reason);

    [LoggerMessage(LogLevel.Warning, "Sweep {Id} could not reconcile its jobs; it tries again.")]
    public static partial void LogPassFailed(this ILogger logger, string id, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Id} did not answer; it is asked again.")]
    public static partial void LogNoAnswer(this ILogger logger, string id, Exception exception);
}
