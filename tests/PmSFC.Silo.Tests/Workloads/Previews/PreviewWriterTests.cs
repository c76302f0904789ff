using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads.Previews;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Workloads.Previews;

/// <summary>The writer before a store that takes its time.</summary>
public sealed class PreviewWriterTests : IDisposable
{
    private readonly MemoryStore _store = new();
    private readonly Works _works = new();
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly List<string> _asked = [];
    private readonly PreviewWriter _writer;

    public PreviewWriterTests()
    {
        _writer = new PreviewWriter(_store, NullLogger.Instance);
        _store.Refused = name =>
        {
            lock (_asked)
                _asked.Add(name);
            _open.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            return false;
        };
    }

    private int Asked
    {
        get
        {
            lock (_asked)
                return _asked.Count;
        }
    }

    public void Dispose() => _open.Dispose();

    [Fact]
    public async Task Offer_WhileTheStoreIsSlow_WritesTheNewestOfEachJobAndDropsTheRest()
    {
        var (one, other) = (Lease("1"), Lease("2"));
        _open.Reset();
        _writer.Offer(Draft(one, 1));
        Wait(() => Asked == 1);

        for (var iteration = 2; iteration <= 50; iteration++)
        {
            _writer.Offer(Draft(one, iteration));
            _writer.Offer(Draft(other, iteration));
        }

        _open.Set();
        Wait(() => Iteration(one) == 50 && Iteration(other) == 50);
        await _writer.DisposeAsync();
        _asked.Count(name => name == ArtifactNames.Preview(one.Item.Id)).ShouldBeLessThanOrEqualTo(4, "two were written");
        _asked.Count(name => name == ArtifactNames.Preview(other.Item.Id)).ShouldBeLessThanOrEqualTo(2, "one was written");
    }

    [Fact]
    public async Task Remove_WhileItIsWritten_LeavesNothingAndLetsNothingFollow()
    {
        var (done, other) = (Lease("1"), Lease("2"));
        _open.Reset();
        _writer.Offer(Draft(done, 1));
        Wait(() => Asked == 1);
        _writer.Offer(Draft(done, 2));
        _writer.Offer(Draft(other, 2));

        var removing = _writer.RemoveAsync(done);
        _open.Set();
        await removing;
        _writer.Offer(Draft(done, 3));
        Wait(() => Iteration(other) == 2);
        await _writer.DisposeAsync();

        _store.Names.ShouldBe([ArtifactNames.Preview(other.Item.Id), ArtifactNames.PreviewPicture(other.Item.Id)]);
    }

    [Fact]
    public async Task Offer_OfWorkThatIsLost_WritesNothing()
    {
        var lost = Lease("1");
        lost.RequestStop(StopReason.Lost);

        _writer.Offer(Draft(lost, 1));
        await _writer.DisposeAsync();

        _store.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task Offer_AfterTheEnd_WritesNothing()
    {
        await _writer.DisposeAsync();

        _writer.Offer(Draft(Lease("1"), 1));
        await _writer.DisposeAsync();

        Asked.ShouldBe(0);
    }

    private static void Wait(Func<bool> condition) => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)).ShouldBeTrue();

    private static PreviewDraft Draft(LeasedWork work, int iteration) =>
        new(
            work,
            new RgbImage(1, 1, [1, 2, (byte)iteration]),
            new JobPreview
            {
                Iteration = iteration,
                Iterations = 100,
                Losses = [],
            }
        );

    private LeasedWork Lease(string image) => _works.Lease(Works.Spec(image));

    private int? Iteration(LeasedWork work) =>
        _store.Has(ArtifactNames.Preview(work.Item.Id))
            ? ArtifactJson.Read<JobPreview>(_store[ArtifactNames.Preview(work.Item.Id)]).Iteration
            : null;
}
