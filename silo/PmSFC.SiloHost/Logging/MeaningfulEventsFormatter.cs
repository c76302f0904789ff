using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PmSFC.SiloHost.Logging;

/// <summary>Leaves out two events of Orleans that mean nothing in a silo of this product, and gives all others to another formatter.</summary>
/// <param name="inner">Writes the others.</param>
internal sealed class MeaningfulEventsFormatter(Func<ConsoleFormatter> inner) : ConsoleFormatter(FormatterName)
{
    /// <summary>What the formatter is called among the console's.</summary>
    public const string FormatterName = "pmsfc";

    private const string SiloCategory = "Orleans.Runtime.Silo",
        WatchdogCategory = "Orleans.Runtime.Watchdog";
    private const int NoServerGC = 100405,
        ChecksStalled = 100150;
    private const string StallTime = "TimeSinceLastTick";

    private readonly Lazy<ConsoleFormatter> _inner = new(inner);
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (
            IsAboutServerGC(logEntry.Category, logEntry.EventId)
            || IsStallBeforeTheStart(logEntry.Category, logEntry.EventId, logEntry.State)
        )
            return;
        _inner.Value.Write(logEntry, scopeProvider, textWriter);
    }

    // Server GC trades memory for throughput of allocations, a heap for each core. A silo allocates little in .NET, its tensors are libtorch's, and it
    // shares its machine with other silos: the workstation's GC is meant.
    private static bool IsAboutServerGC(string category, EventId id) => id.Id == NoServerGC && category == SiloCategory;

    // The watchdog's first check measures from no earlier one, and takes the time since the machine started for a stall. No stall is longer than
    // the process has lived.
    private bool IsStallBeforeTheStart<TState>(string category, EventId id, TState state) =>
        id.Id == ChecksStalled
        && category == WatchdogCategory
        && state is IEnumerable<KeyValuePair<string, object?>> values
        && values.FirstOrDefault(value => value.Key == StallTime).Value is TimeSpan stall
        && stall > Stopwatch.GetElapsedTime(_began);
}
