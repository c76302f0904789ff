using Microsoft.Extensions.Time.Testing;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Workloads.Previews;

namespace PmSFC.Silo.Tests.Workloads.Previews;

public sealed class PreviewScheduleTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(150, 9.9, false)]
    [InlineData(150, 10, true)]
    [InlineData(149, 3600, false)]
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
        schedule.IsDue(150).ShouldBeTrue();
        schedule.Drawn(150);
        schedule.IsDue(500).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));
        schedule.IsDue(299).ShouldBeFalse();
        schedule.IsDue(300).ShouldBeTrue();
        schedule.Stop();
        schedule.IsDue(300).ShouldBeFalse();
    }
}
