using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices;

namespace PmSFC.Grains.Tests.Devices;

public sealed class DeviceRegistryTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly DeviceRegistry _devices;

    public DeviceRegistryTests() => _devices = new DeviceRegistry(Timeout, _time);

    [Fact]
    public void Prune_DevicesThatFellSilent_AreNamedOnce()
    {
        foreach (var device in new[] { "silent", "renews", "asks", "left" })
            _devices.RecordRequest(Request(device));
        _time.Advance(Timeout);
        _devices.Prune().ShouldBeEmpty();
        _devices.RecordRenewal("renews");
        _devices.RecordRequest(Request("asks")).ShouldBeFalse();
        _devices.Remove("left");

        _time.Advance(TimeSpan.FromSeconds(1));
        _devices.Prune().ShouldBe(["device silent"]);
        _devices.Prune().ShouldBeEmpty();
        _devices.Devices.Keys.ShouldBe(["renews", "asks"], ignoreOrder: true);
        _devices.RecordRequest(Request("silent")).ShouldBeTrue();
    }

    private static LeaseRequest Request(string worker) =>
        new()
        {
            WorkerId = worker,
            Device = $"device {worker}",
            BytesAvailable = 1,
            MaximumItems = 1,
        };
}
