using System.Globalization;
using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>The devices that are connected, by their workers.</summary>
internal sealed class DeviceRegistry(TimeSpan timeout, TimeProvider time)
{
    private const double BytesPerGibibyte = 1 << 30;

    private readonly Dictionary<string, ConnectedDevice> _devices = new(StringComparer.Ordinal);

    /// <summary>The devices by the ids of their workers.</summary>
    public IReadOnlyDictionary<string, ConnectedDevice> Devices => _devices;

    /// <summary>Records that a device asks for work. A busy one offers less than it has, so the most that it ever offered counts.</summary>
    /// <returns>Whether it is new.</returns>
    public bool RecordRequest(LeaseRequest request)
    {
        var known = _devices.GetValueOrDefault(request.WorkerId);
        var bytes = Math.Max(known?.Bytes ?? 0, request.BytesAvailable);
        var now = time.GetUtcNow();
        _devices[request.WorkerId] = new ConnectedDevice(request.Device, bytes, now, known?.Busy ?? new BusyTime(now));
        return known is null;
    }

    /// <summary>Records that a device renews its leases.</summary>
    public void RecordRenewal(string workerId)
    {
        var now = time.GetUtcNow();
        var known = _devices.GetValueOrDefault(workerId) ?? new ConnectedDevice(workerId, Bytes: null, default, new BusyTime(now));
        _devices[workerId] = known with { LastHeard = now };
    }

    /// <summary>Removes a device that leaves.</summary>
    public void Remove(string workerId) => _devices.Remove(workerId);

    /// <summary>Removes devices whose last message is older than the timeout.</summary>
    /// <returns>The names of those.</returns>
    public IReadOnlyList<string> Prune()
    {
        var oldest = time.GetUtcNow() - timeout;
        var silent = new List<string>();
        foreach (var (workerId, device) in _devices)
        {
            if (device.LastHeard < oldest && _devices.Remove(workerId))
                silent.Add(device.Name);
        }

        return silent;
    }

    /// <summary>The most memory that a connected device offers, in bytes: without end for one that has not said; null where none is connected.</summary>
    public long? Largest => _devices.Count == 0 ? null : _devices.Values.Max(device => device.Bytes ?? long.MaxValue);

    /// <summary>What is missing for work of so many bytes, in a sentence, or null where a connected device can take it.</summary>
    public string? Missing(long bytes)
    {
        if (Largest is not { } largest)
            return "no device is connected";
        return bytes <= largest ? null : $"needs {Gibibytes(bytes)}, the largest device offers {Gibibytes(largest)}";
    }

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / BytesPerGibibyte:0.0} GiB");
}
