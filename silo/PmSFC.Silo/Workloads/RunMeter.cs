using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads;

/// <summary>Measures one run's time and rate, for progress, results and metrics.</summary>
internal sealed class RunMeter(Device device, string method, int iteration, int batch, TimeProvider time)
{
    private readonly KeyValuePair<string, object?> _device = new(PmSFCMetrics.DeviceAttribute, device.Name);
    private readonly KeyValuePair<string, object?> _method = new(PmSFCMetrics.MethodAttribute, method);
    private int _counted = iteration;
    private int _iteration = iteration;
    private long _measured = time.GetTimestamp();
    private long _taken = time.GetTimestamp();

    /// <summary>Whether there is something to measure.</summary>
    public bool HasMoved(int iteration) => iteration != _iteration;

    /// <summary>Time since the last measurement.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_measured);

    /// <summary>Counts the iterations since the last count, so that those of a run that stops before its next report are among them.</summary>
    public void Count(int iteration)
    {
        PmSFCMetrics.Iterations.Add((long)(iteration - _counted) * batch, _device, _method);
        _counted = iteration;
    }

    /// <summary>Iterations a second since the last measurement.</summary>
    public double Measure(int iteration)
    {
        var done = iteration - _iteration;
        var rate = Elapsed > TimeSpan.Zero ? done / Elapsed.TotalSeconds : 0;
        PmSFCMetrics.IterationRate.Record(rate, _device, _method);
        (_iteration, _measured) = (iteration, time.GetTimestamp());
        return rate;
    }

    /// <summary>Seconds since they were last taken.</summary>
    public double TakeSeconds()
    {
        var from = _taken;
        _taken = time.GetTimestamp();
        return time.GetElapsedTime(from, _taken).TotalSeconds;
    }
}
