using System.Globalization;
using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>
/// What work costs, learned from what devices measured: device-seconds for one iteration of an item, of each batch key, and of each method on each
/// generator for batch keys that were not measured yet. In memory only: a pool that replaces a lost one learns again from its first renewals.
/// </summary>
internal sealed class WorkRates
{
    // More batch keys than a cluster works on at once. Beyond it all are forgotten, and those that matter are soon measured again.
    private const int MostKeys = 10_000;

    // Of the newest measurement: devices differ, and one device's rate varies.
    private const double Weight = 0.3;

    // Methods and trainings have the one, discoveries and other preparations the other.
    private const string IterationsSetting = "iterations",
        StepsSetting = "steps";

    private readonly Dictionary<string, (double SecondsPerIteration, int Iterations)> _rates = new(StringComparer.Ordinal);

    /// <summary>Takes in what a device measured.</summary>
    public void Learn(WorkItem item, MeasuredWork measured)
    {
        Learn(item.BatchKey, measured);
        Learn(KindOf(item), measured);
    }

    /// <summary>Takes in how long a lease took, for work that is no loop of iterations.</summary>
    public void LearnWhole(WorkItem item, double deviceSeconds)
    {
        if (IterationsOf(item) is null)
            Learn(
                item,
                new MeasuredWork
                {
                    Iteration = 1,
                    Iterations = 1,
                    SecondsPerIteration = deviceSeconds,
                }
            );
    }

    /// <summary>Device-seconds for the whole of an item, or null where nothing alike was measured.</summary>
    public double? SecondsOf(WorkItem item) =>
        _rates.TryGetValue(item.BatchKey, out var own) ? own.SecondsPerIteration * own.Iterations
        : _rates.TryGetValue(KindOf(item), out var kind) ? kind.SecondsPerIteration * (IterationsOf(item) ?? kind.Iterations)
        : null;

    private void Learn(string key, MeasuredWork measured)
    {
        if (_rates.Count >= MostKeys)
            _rates.Clear();
        var seconds = _rates.TryGetValue(key, out var known)
            ? known.SecondsPerIteration + Weight * (measured.SecondsPerIteration - known.SecondsPerIteration)
            : measured.SecondsPerIteration;
        _rates[key] = (seconds, measured.Iterations);
    }

    private static string KindOf(WorkItem item) => $"{item.Preparation?.GeneratorId ?? item.Job!.GeneratorId} {item.Method}";

    private static int? IterationsOf(WorkItem item)
    {
        var text = item.Preparation?.Settings.GetValueOrDefault(StepsSetting)
            ?? (item.Preparation?.Settings ?? item.Job!.Settings).GetValueOrDefault(IterationsSetting);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) && iterations > 0
            ? iterations
            : null;
    }
}
