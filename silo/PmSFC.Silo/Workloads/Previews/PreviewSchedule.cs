using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads.Previews;

/// <summary>
/// When a run's previews are due: as often as checkpoints, at least every <see cref="DeviceOptions.PreviewInterval"/>, but never before so many iterations that
/// drawing one, which takes less than an iteration, costs less than 1 % of them.
/// </summary>
/// <param name="options">Of the device.</param>
/// <param name="iteration">Where the run begins.</param>
/// <param name="time">Measures the intervals.</param>
internal sealed class PreviewSchedule(DeviceOptions options, int iteration, TimeProvider time)
{
    private readonly TimeSpan _interval = options.PreviewInterval < options.CheckpointInterval ? options.PreviewInterval : options.CheckpointInterval;
    private int _iteration = iteration;
    private long _at = time.GetTimestamp();
    private bool _stopped;

    /// <summary>Whether to draw one after so many iterations.</summary>
    public bool IsDue(int iteration) => !_stopped && iteration - _iteration >= DeviceOptions.PreviewIterations && time.GetElapsedTime(_at) >= _interval;

    /// <summary>One was drawn.</summary>
    public void Drawn(int iteration) => (_iteration, _at) = (iteration, time.GetTimestamp());

    /// <summary>There are no more.</summary>
    public void Stop() => _stopped = true;
}
