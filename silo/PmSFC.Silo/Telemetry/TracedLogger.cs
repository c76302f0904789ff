using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace PmSFC.Silo.Telemetry;

/// <summary>Logs while a span is current, so that what is logged bears its ids.</summary>
/// <param name="logger">Where to log to.</param>
/// <param name="span">The span of the moment, or null where there is none.</param>
internal sealed class TracedLogger(ILogger logger, Func<Activity?> span) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var ambient = Activity.Current;
        if (span() is { IsStopped: false } current) Activity.Current = current;
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        finally
        {
            Activity.Current = ambient;
        }
    }
}
