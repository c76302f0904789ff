using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads.Previews;

/// <summary>
/// When a run's previews are due: as often as checkpoints, at least every <see cref="DeviceOptions.PreviewInterval"/>, but never before so many iterations that
/// drawing one, which takes less than an iteration, costs less than 1 % of them. A long run has its first one at once, so that who looks sees something.
/// </summary>
internal sealed class PreviewSchedule
{
    private const int FirstIterations = 10;

    // The early one comes on top of the others; in a shorter run the two would cost more than 1 %.
    private const int LongRun = 200;

    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private int _due;
    private TimeSpan _wait;
    private long _at;
    private bool _stopped;

    /// <summary>Begins with a run.</summary>
    /// <param name="options">Of the device.</param>
    /// <param name="iteration">Where the run begins.</param>
    /// <param name="iterations">Where it ends.</param>
    /// <param name="time">Measures the intervals.</param>
    public PreviewSchedule(DeviceOptions options, int iteration, int iterations, TimeProvider time)
    {
        (_time, _at) = (time, time.GetTimestamp());
        _interval = options.PreviewInterval < options.CheckpointInterval ? options.PreviewInterval : options.CheckpointInterval;
        var isLong = iterations - iteration >= LongRun;
        (_due, _wait) = isLong ? (iteration + FirstIterations, TimeSpan.Zero) : (iteration + DeviceOptions.PreviewIterations, _interval);
    }

    /// <summary>Whether to draw one after so many iterations.</summary>
    public bool IsDue(int iteration) => !_stopped && iteration >= _due && _time.GetElapsedTime(_at) >= _wait;

    /// <summary>One was drawn.</summary>
    public void Drawn(int iteration) => (_due, _wait, _at) = (iteration + DeviceOptions.PreviewIterations, _interval, _time.GetTimestamp());

    /// <summary>There are no more.</summary>
    public void Stop() => _stopped = true;
}
