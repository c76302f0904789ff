using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Scale;

/// <summary>Devices that say and ask what device workers do, at the same times, and compute nothing: their jobs last for a simulated time.</summary>
internal sealed class SimulatedFleet
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly TestSilos _silos;
    private readonly FakeTimeProvider _time;
    private readonly TimeSpan _renewal;
    private readonly Random _random;
    private readonly double _seconds;
    private readonly SortedDictionary<DateTimeOffset, List<Device>> _calendar = [];

    /// <param name="silos">The cluster.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="devices">How many.</param>
    /// <param name="job">Mean duration of a job; from a half to three halves of it.</param>
    /// <param name="renewal">Time between two renewals of a lease.</param>
    /// <param name="seed">Of the durations.</param>
    public SimulatedFleet(TestSilos silos, FakeTimeProvider time, int devices, TimeSpan job, TimeSpan renewal, int seed)
    {
        (_silos, _time, _renewal, _random, _seconds) = (silos, time, renewal, new Random(seed), job.TotalSeconds);
        for (var i = 0; i < devices; i++)
            At(time.GetUtcNow(), new Device($"device-{i}"));
    }

    /// <summary>Most items that the queue held at once, asked every simulated minute.</summary>
    public int MostQueued { get; private set; }

    /// <summary>Jobs that a device began.</summary>
    public int Started { get; private set; }

    /// <summary>Simulated device-seconds that were worked.</summary>
    public double BusySeconds { get; private set; }

    public async Task WorkUntilAsync(Func<bool> isDone)
    {
        for (var ticks = 0; !isDone(); ticks++)
        {
            _time.Advance(Tick);
            var due = new List<Device>();
            while (_calendar.Count > 0 && _calendar.First() is var (at, devices) && at <= _time.GetUtcNow())
            {
                due.AddRange(devices);
                _calendar.Remove(at);
            }

            await Task.WhenAll(due.Select(ActAsync));
            foreach (var device in due)
                At(device.Next, device);
            if (ticks % 60 == 0)
                MostQueued = Math.Max(MostQueued, (await _silos.Pool.GetStatus()).Queued);
        }
    }

    private void At(DateTimeOffset at, Device device)
    {
        if (!_calendar.TryGetValue(at, out var devices))
            _calendar.Add(at, devices = []);
        devices.Add(device);
    }

    private async Task ActAsync(Device device)
    {
        var now = _time.GetUtcNow();
        if (device.Lease is { } lease && now < device.EndsAt)
        {
            (await _silos.Pool.Renew(device.Id, [new LeaseHold(lease.Item.Id, lease.Token)]))[0].ShouldBe(LeaseVerdict.Held);
            device.Next = Earlier(device.EndsAt, now + _renewal);
            return;
        }

        if (device.Lease is { } done)
        {
            device.Lease = null;
            await _silos.Store.WriteOnceAsync(ArtifactNames.JobResult(done.Item.Id), "{}"u8.ToArray());
            (await done.Item.OwnerIn(_silos.Grains).Succeeded(done.Token)).ShouldBeTrue();
            await _silos.Pool.Return([new LeaseHold(done.Item.Id, done.Token)]);
        }

        var leases = await _silos.Pool.Lease(
            new LeaseRequest
            {
                WorkerId = device.Id,
                Device = device.Id,
                BytesAvailable = 1,
                MaximumItems = 1,
            }
        );
        if (leases.IsEmpty)
        {
            device.Next = now + Poll;
            return;
        }

        device.Lease = leases[0];
        (await leases[0].Item.OwnerIn(_silos.Grains).Started(leases[0].Token, device.Id)).ShouldBeTrue();
        lock (_random)
        {
            var seconds = Math.Round(_seconds * (0.5 + _random.NextDouble()));
            device.EndsAt = now + TimeSpan.FromSeconds(seconds);
            Started++;
            BusySeconds += seconds;
        }

        device.Next = Earlier(device.EndsAt, now + _renewal);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private sealed class Device(string id)
    {
        public string Id => id;

        public Lease? Lease { get; set; }

        public DateTimeOffset EndsAt { get; set; }

        public DateTimeOffset Next { get; set; }
    }
}
