using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Tests.Devices;

public sealed class HangWatchTests
{
    /// <summary>Seconds: what counted before, the thread's silence, since the last look, and what counts now, where a look is due every 30 s.</summary>
    [Theory]
    [InlineData(0, 5, 30, 5)]
    [InlineData(90, 5, 30, 5)]
    [InlineData(90, 120, 30, 120)]
    [InlineData(90, 125, 35, 125)]
    [InlineData(90, 1590, 1500, 150)]
    [InlineData(0, 1500, 1500, 60)]
    [InlineData(0, 1499, 1500, 60)]
    public void Count_OfASilence_LeavesOutWhatTheProcessStoodStill(int before, int silence, int sinceLook, int counted) =>
        HangWatch.Count(Seconds(before), Seconds(silence), Seconds(sinceLook), period: Seconds(30)).ShouldBe(Seconds(counted));

    [Fact]
    public void Count_OfAThreadThatHangsAfterAStandstill_ReachesAnyLimit()
    {
        var counted = HangWatch.Count(Seconds(0), Seconds(1500), Seconds(1500), period: Seconds(30));
        for (var look = 1; look <= 20; look++)
            counted = HangWatch.Count(counted, Seconds(1500 + 30 * look), Seconds(30), period: Seconds(30));

        counted.ShouldBe(Seconds(60 + 600));
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
