using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Sweeps;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepEventsTests
{
    private readonly SweepEvents _events = new(capacity: 3, start: 100);

    [Fact]
    public void After_MoreEventsThanAreKept_ReachesBackAsFarAsTheyAre()
    {
        Add(5);
        _events.Latest.ShouldBe(105);
        _events.After(102).Select(e => e.Sequence).ShouldBe([103, 104, 105]);
        _events.Reaches(102).ShouldBeTrue();
        _events.Reaches(101).ShouldBeFalse();
    }

    [Fact]
    public void Reaches_NumberOfAnotherActivation_IsFalse()
    {
        Add(1);
        _events.Reaches(0).ShouldBeFalse();
        _events.Reaches(102).ShouldBeFalse();
        _events.Reaches(101).ShouldBeTrue();
    }

    [Fact]
    public async Task Beyond_NextEvent_EndsTheWait()
    {
        var waiting = _events.BeyondAsync(100, CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();
        Add(1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        _events.BeyondAsync(100, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
    }

    private void Add(int count)
    {
        for (var i = 0; i < count; i++)
            _events.Add(sequence => new SweepEvent { Sequence = sequence, At = DateTimeOffset.UnixEpoch });
    }
}
