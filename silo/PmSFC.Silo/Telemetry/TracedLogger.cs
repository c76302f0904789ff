using Microsoft.Extensions.Logging;

namespace PmSFC.Silo.Telemetry;

/// <summary>Logs within an attempt, so that what is logged bears its ids.</summary>
/// <param name="logger">Where to log to.</param>
/// <param name="trace">The attempt's spans.</param>
internal sealed class TracedLogger(ILogger logger, WorkTrace trace) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => trace.Within(() => logger.Log(logLevel, eventId, state, exception, formatter));
}
