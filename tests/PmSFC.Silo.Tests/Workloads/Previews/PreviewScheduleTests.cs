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
        var schedule = new PreviewSchedule(new DeviceOptions { CheckpointInterval = TimeSpan.FromHours(1) }, 40, 239, _time);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        schedule.IsDue(40 + iterations).ShouldBe(due);
    }

    [Theory]
    [InlineData(200, 10, true)]
    [InlineData(200, 9, false)]
    [InlineData(199, 10, false)]
    public void IsDue_RunThatIsLong_AtItsBeginningToo(int iterations, int iteration, bool due)
    {
        var schedule = new PreviewSchedule(new DeviceOptions(), 0, iterations, _time);

        schedule.IsDue(iteration).ShouldBe(due);
    }

    [Fact]
    public void IsDue_RunOfAnyLength_CostsLessThanOneInAHundredIterations()
    {
        // Measured by PreviewCostTests: 0.54 % where there is one every 150 iterations.
        const double cost = 0.0054 * 150;
        for (var iterations = 1; iterations < 2_000; iterations++)
        {
            var schedule = new PreviewSchedule(new DeviceOptions { PreviewInterval = TimeSpan.Zero }, 0, iterations, _time);
            var drawn = 0;
            for (var iteration = 1; iteration <= iterations; iteration++)
            {
                if (!schedule.IsDue(iteration))
                    continue;
                schedule.Drawn(iteration);
                drawn++;
            }

            (cost * drawn / iterations).ShouldBeLessThan(0.01, $"{drawn} in {iterations} iterations");
        }
    }

    [Fact]
    public void IsDue_CheckpointsMoreOften_AsOftenAsThey()
    {
        var schedule = new PreviewSchedule(new DeviceOptions { CheckpointInterval = TimeSpan.FromSeconds(2) }, 0, 199, _time);

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
