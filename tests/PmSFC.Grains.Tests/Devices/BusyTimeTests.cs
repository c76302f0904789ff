using PmSFC.Grains.Devices;

namespace PmSFC.Grains.Tests.Devices;

public sealed class BusyTimeTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly BusyTime _busy = new(Began);

    [Fact]
    public void ShareAt_DeviceThatCameJustNow_IsOfTheTimeSinceThen()
    {
        _busy.ShareAt(At(0)).ShouldBe(0);
        _busy.Holds(1, At(0));
        _busy.ShareAt(At(0)).ShouldBe(1);
        _busy.ShareAt(At(3)).ShouldBe(1);
        _busy.Holds(0, At(3));
        _busy.ShareAt(At(12)).ShouldBe(0.25);
    }

    [Fact]
    public void ShareAt_SpansOfWork_CountsThoseOfTheLastMinuteAlone()
    {
        for (var start = 0; start < 120; start += 20)
        {
            _busy.Holds(2, At(start));
            _busy.Holds(1, At(start + 2));
            _busy.Holds(0, At(start + 5));
        }

        _busy.ShareAt(At(120)).ShouldBe(0.25, 1e-12);
        _busy.ShareAt(At(122)).ShouldBe(13 / 60.0, 1e-12, "two seconds of the oldest span are longer ago than a minute");
        _busy.ShareAt(At(400)).ShouldBe(0);
        _busy.Holds(1, At(400));
        _busy.ShareAt(At(1_000)).ShouldBe(1);
    }

    private static DateTimeOffset At(int seconds) => Began + TimeSpan.FromSeconds(seconds);
}
