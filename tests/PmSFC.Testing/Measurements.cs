using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace PmSFC.Testing;

/// <summary>What the caller, and whatever it awaits, measures. Meters are one for the whole process, where other tests measure too.</summary>
public sealed class Measurements : IDisposable
{
    private readonly AsyncLocal<bool> _isMine = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly MeterListener _listener = new();

    /// <param name="instruments">What is listened to.</param>
    public Measurements(params Instrument[] instruments)
    {
        _isMine.Value = true;
        _listener.SetMeasurementEventCallback<long>(
            (instrument, amount, tags, _) =>
            {
                if (_isMine.Value)
                    _sums.AddOrUpdate(Key(instrument, tags), amount, (_, sum) => sum + amount);
            }
        );
        foreach (var instrument in instruments)
            _listener.EnableMeasurementEvents(instrument);
    }

    /// <summary>The sum of what an instrument measured with an attribute of this value, or with none.</summary>
    public long Sum(Instrument instrument, string? value = null) => _sums.GetValueOrDefault($"{instrument.Name} {value}");

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        $"{instrument.Name} {(tags.IsEmpty ? null : tags[0].Value)}";
}
