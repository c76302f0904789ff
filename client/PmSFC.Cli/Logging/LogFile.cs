using System.Globalization;
using Microsoft.Extensions.Logging;
using PmSFC.Silo.Arguments;
using PmSFC.Wording;

namespace PmSFC.Cli.Logging;

/// <summary>
/// Where the details of a run are kept: one file a process in the user's data folder, made at the first line. A run never fails because its log
/// cannot be written.
/// </summary>
internal sealed class LogFile(string folder, TimeProvider time) : ILoggerProvider
{
    private const int KeptFiles = 20;

    private readonly Lock _lock = new();
    private StreamWriter? _writer;
    private bool _unwritable;

    /// <summary>The file, whether or not it exists yet.</summary>
    public string Path { get; } =
        System.IO.Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.log")
        );

    /// <summary>The end of a sentence that sends a reader to the log.</summary>
    public string Hint => _unwritable ? "no details could be kept, because the log cannot be written." : $"the details are in {Path}.";

    /// <summary>Loggers that write to this file.</summary>
    public ILoggerFactory Loggers => field ??= LoggerFactory.Create(logging => logging.AddProvider(this));

    /// <summary>The folder of the user's logs: PMSFC_LOGS, or pmsfc/logs in the user's data folder.</summary>
    public static string DefaultFolder =>
        Environment.GetEnvironmentVariable("PMSFC_LOGS") is { Length: > 0 } chosen
            ? ValueKinds.Path.Read("PMSFC_LOGS", chosen, out var expanded) is null
                ? expanded!
                : chosen
            : System.IO.Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
                    is { Length: > 0 } data
                    ? data
                    : System.IO.Path.GetTempPath(),
                "pmsfc",
                "logs"
            );

    /// <summary>Adds an entry.</summary>
    public void Write(string category, string text)
    {
        lock (_lock)
        {
            if (_unwritable)
                return;
            try
            {
                _writer ??= Open();
                // An entry's further lines are indented, so that none of them can pass for an entry.
                var shown = ShownText.Lines(text).Replace("\n", "\n  ", StringComparison.Ordinal);
                _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {category}: {shown}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                _unwritable = true;
            }
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            // A host disposes its providers before the last failure is written: the next entry opens the file again.
            var writer = _writer;
            _writer = null;
            try
            {
                writer?.Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _unwritable = true;
            }
        }
    }

    private StreamWriter Open()
    {
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.EnumerateFiles(folder, "*.log").Order(StringComparer.Ordinal).SkipLast(KeptFiles - 1))
            File.Delete(old);
        return new StreamWriter(Path, append: true) { AutoFlush = true };
    }

    private sealed class Category(LogFile file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception);
            file.Write($"{logLevel} {name}", exception is null ? text : $"{text}\n{exception}");
        }
    }
}
