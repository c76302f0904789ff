using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices;

namespace PmSFC.Grains.Tests.Devices;

public sealed class DeviceRosterTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly DeviceRoster _roster;

    public DeviceRosterTests() => _roster = new DeviceRoster(Timeout, _time);

    [Fact]
    public void Prune_DevicesThatFellSilent_AreNamedOnce()
    {
        foreach (var device in new[] { "silent", "renews", "asks", "left" }) _roster.Asks(Request(device));
        _time.Advance(Timeout);
        _roster.Prune().ShouldBeEmpty();
        _roster.Renews("renews");
        _roster.Asks(Request("asks")).ShouldBeFalse();
        _roster.Remove("left");

        _time.Advance(TimeSpan.FromSeconds(1));
        _roster.Prune().ShouldBe(["device silent"]);
        _roster.Prune().ShouldBeEmpty();
        _roster.Devices.Keys.ShouldBe(["renews", "asks"], ignoreOrder: true);
        _roster.Asks(Request("silent")).ShouldBeTrue();
    }

    private static LeaseRequest Request(string worker) => new() { WorkerId = worker, Device = $"device {worker}", BytesAvailable = 1, MaximumItems = 1 };
}
