using Microsoft.Extensions.Time.Testing;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Workloads.Previews;

namespace PmSFC.Silo.Tests.Workloads.Previews;

public sealed class PreviewScheduleTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(100, 9.9, false)]
    [InlineData(100, 10, true)]
    [InlineData(99, 3600, false)]
    [InlineData(5000, 60, true)]
    public void IsDue_SinceTheBeginning_AfterBothTimeAndIterations(int iterations, double seconds, bool due)
    {
        var schedule = new PreviewSchedule(new DeviceOptions { CheckpointInterval = TimeSpan.FromHours(1) }, 40, _time);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        schedule.IsDue(40 + iterations).ShouldBe(due);
    }

    [Fact]
    public void IsDue_CheckpointsMoreOften_AsOftenAsThey()
    {
        var schedule = new PreviewSchedule(new DeviceOptions { CheckpointInterval = TimeSpan.FromSeconds(2) }, 0, _time);

        _time.Advance(TimeSpan.FromSeconds(2));
        schedule.IsDue(100).ShouldBeTrue();
        schedule.Drawn(100);
        schedule.IsDue(500).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));
        schedule.IsDue(199).ShouldBeFalse();
        schedule.IsDue(200).ShouldBeTrue();
        schedule.Stop();
        schedule.IsDue(200).ShouldBeFalse();
    }
}
