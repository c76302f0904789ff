using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>Keeps what is logged with the trace and the span that were current.</summary>
internal sealed class TracedLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(string Message, string? TraceId, string? SpanId)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue((formatter(state, exception), Activity.Current?.TraceId.ToHexString(), Activity.Current?.SpanId.ToHexString()));

    public void Dispose() { }
}
