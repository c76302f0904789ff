using Microsoft.Extensions.Logging;

namespace PmSFC.Testing;

/// <summary>Keeps the lines that are logged.</summary>
/// <typeparam name="T">Who logs.</typeparam>
public sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly List<string> _lines = [];

    /// <summary>They, each with its level.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Add($"{logLevel}: {formatter(state, exception)}");
}
