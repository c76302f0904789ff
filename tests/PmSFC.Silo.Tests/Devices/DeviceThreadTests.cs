using Microsoft.Extensions.Time.Testing;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Tests.Devices;

public sealed class DeviceThreadTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_SeveralPieces_RunsAllOnOneThreadThatIsNotThePools()
    {
        using var thread = new DeviceThread("device", _time);

        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => thread.RunAsync(() => (Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread)))
        );

        ids.Distinct().ShouldHaveSingleItem().IsThreadPoolThread.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_Throws_GivesTheExceptionAndGoesOn()
    {
        using var thread = new DeviceThread("device", _time);

        await Should.ThrowAsync<InvalidOperationException>(() => thread.RunAsync(() => throw new InvalidOperationException()));

        (await thread.RunAsync(() => 7)).ShouldBe(7);
    }

    [Fact]
    public async Task Silence_WhileWorking_IsTheTimeSinceTheLastBeat()
    {
        using var thread = new DeviceThread("device", _time);
        thread.Silence.ShouldBe(TimeSpan.Zero);

        var silences = await thread.RunAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            var before = thread.Silence;
            thread.Beat();
            _time.Advance(TimeSpan.FromSeconds(3));
            return (before, thread.Silence);
        });

        silences.ShouldBe((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Busy_DuringAndAfterWork_CountsTheWorkAlone()
    {
        var thread = new DeviceThread("device", _time);
        _time.Advance(TimeSpan.FromSeconds(5));
        var during = await thread.RunAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return thread.Busy;
        });
        thread.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));

        during.ShouldBe(TimeSpan.FromSeconds(3));
        thread.Busy.ShouldBe(TimeSpan.FromSeconds(3));
    }
}
