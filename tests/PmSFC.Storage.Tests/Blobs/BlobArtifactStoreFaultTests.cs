using System.Text;
using PmSFC.Abstractions.Telemetry;

namespace PmSFC.Storage.Tests;

[NeedsAzurite]
[Collection(AzuriteCollection.Name)]
public sealed class BlobArtifactStoreFaultTests(Azurite azurite)
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(new string('x', 4096));

    private readonly string _container = Azurite.FreshContainer();
    private readonly RushingTime _time = new();
    private readonly RecordingLogger<BlobArtifactStore> _log = new();

    [ProviderFact]
    public async Task WriteOnceAsync_StoreFailsInEveryWay_WaitsThenGoesOn()
    {
        await Sound().WriteOnceAsync("images/first.png", Content);
        var store = Behind(
            FaultyNetwork.Answer(503, "ServerBusy"),
            FaultyNetwork.Answer(500, "InternalError"),
            FaultyNetwork.Answer(429, "TooManyRequests"),
            FaultyNetwork.TimeOut,
            FaultyNetwork.ResetWhileSending
        );
        using var measurements = new Measurements(PmSFCMetrics.StoreFailures);

        (await store.WriteOnceAsync("images/a.png", Content)).ShouldBe(WriteOutcome.Created);

        _time.Waits.Select(w => w.TotalSeconds).ShouldBe([1, 2, 4, 8, 16]);
        _log.Lines.Count.ShouldBe(6);
        _log.Lines[0].ShouldEndWith("answered 503, waiting 1 s (attempt 2 comes next)");
        _log.Lines[1].ShouldEndWith("answered 500, waiting 2 s (attempt 3 comes next)");
        _log.Lines[2].ShouldEndWith("answered 429, waiting 4 s (attempt 4 comes next)");
        _log.Lines[3].ShouldEndWith("did not answer in time, waiting 8 s (attempt 5 comes next)");
        _log.Lines[4].ShouldContain("waiting 16 s (attempt 6 comes next)");
        _log.Lines[5].ShouldEndWith("answers again after 31 s");
        (await Sound().ReadAsync("images/a.png"))!.Content.Span.SequenceEqual(Content).ShouldBeTrue();
        measurements.Sum(PmSFCMetrics.StoreFailures, "unavailable").ShouldBe(5);
    }

    [ProviderFact]
    public async Task WriteOnceAsync_FirstAttemptLandedUnseen_IsCreated()
    {
        await Sound().WriteOnceAsync("images/first.png", Content);

        (await Behind(FaultyNetwork.LoseAnswer).WriteOnceAsync("images/a.png", Content)).ShouldBe(WriteOutcome.Created);
    }

    [ProviderFact]
    public async Task WriteOnceAsync_RivalWroteTheSameDuringTheWait_AlreadyExists()
    {
        await Sound().WriteOnceAsync("images/first.png", Content);
        var store = Behind(
            async (request, _) =>
            {
                await Sound().WriteOnceAsync("images/a.png", Content);
                return await FaultyNetwork.TimeOut(request, null!);
            }
        );

        (await store.WriteOnceAsync("images/a.png", Content)).ShouldBe(WriteOutcome.AlreadyExists);
    }

    [ProviderFact]
    public async Task WriteOnceAsync_ConnectionBreaksAmidALargeUpload_IsStoredWhole()
    {
        var large = new byte[20 << 20];
        new Random(3).NextBytes(large);
        await Sound().WriteOnceAsync("images/first.png", Content);
        var store = Behind(FaultyNetwork.PassOn, FaultyNetwork.ResetWhileSending);

        (await store.WriteOnceAsync("generators/g/weights.safetensors", large)).ShouldBe(WriteOutcome.Created);

        (await Sound().ReadAsync("generators/g/weights.safetensors"))!.Content.Span.SequenceEqual(large).ShouldBeTrue();
    }

    [ProviderFact]
    public async Task ReplaceAsync_FirstAttemptLandedUnseen_GivesTheNewEtag()
    {
        var first = await Sound().ReplaceAsync("state/sweep/a", Content, ifMatchEtag: null);

        var second = await Behind(FaultyNetwork.LoseAnswer).ReplaceAsync("state/sweep/a", "new"u8.ToArray(), first);

        second.ShouldNotBeNull();
        (await Sound().ReadAsync("state/sweep/a"))!.ETag.ShouldBe(second);
    }

    [ProviderFact]
    public async Task ReplaceAsync_RivalReplacedDuringTheWait_IsAConflict()
    {
        var first = await Sound().ReplaceAsync("state/sweep/a", Content, ifMatchEtag: null);
        var store = Behind(
            async (request, _) =>
            {
                await Sound().ReplaceAsync("state/sweep/a", "rival"u8.ToArray(), first);
                return await FaultyNetwork.TimeOut(request, null!);
            }
        );

        (await store.ReplaceAsync("state/sweep/a", "new"u8.ToArray(), first)).ShouldBeNull();
    }

    [ProviderFact]
    public async Task DeleteAsync_FirstAttemptLandedUnseen_IsTrue()
    {
        var etag = await Sound().ReplaceAsync("state/sweep/a", Content, ifMatchEtag: null);

        (await Behind(FaultyNetwork.LoseAnswer).DeleteAsync("state/sweep/a", etag!)).ShouldBeTrue();
    }

    [ProviderFact]
    public async Task ReadAsync_ConnectionBreaksAmidTheAnswer_IsReadWhole()
    {
        await Sound().WriteOnceAsync("images/a.png", Content);

        var network = new FaultyNetwork(FaultyNetwork.ResetWhileReceiving);

        var artifact = await Behind(network).ReadAsync("images/a.png");

        artifact!.Content.Span.SequenceEqual(Content).ShouldBeTrue();
        network.Requests.ShouldBe(2);
    }

    [ProviderFact]
    public async Task ListAsync_StoreFailsFirst_ListsAll()
    {
        await Sound().WriteOnceAsync("images/a.png", Content);
        var names = new List<string>();

        await foreach (var name in Behind(FaultyNetwork.Answer(503, "ServerBusy"), FaultyNetwork.TimeOut).ListAsync("images/"))
            names.Add(name);

        names.ShouldBe(["images/a.png"]);
    }

    [ProviderFact]
    public async Task AnyMethod_StoreStaysDown_IsUnavailableWhenPatienceEnds()
    {
        var store = Behind([.. Enumerable.Repeat(FaultyNetwork.Answer(503, "ServerBusy"), 100)]);
        var start = _time.GetUtcNow();

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.ExistsAsync("images/a.png"));

        failure.Kind.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("has failed for 300 s (it answered 503)");
        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5));
        _time.Waits.Max().ShouldBe(TimeSpan.FromSeconds(30));
    }

    [ProviderFact]
    public async Task AnyMethod_CallerOfLessPatience_IsUnavailableWhenThatEnds()
    {
        var store = Behind([.. Enumerable.Repeat(FaultyNetwork.Answer(503, "ServerBusy"), 100)])
            .With(new StorePatience { Unavailable = TimeSpan.FromSeconds(20) });
        var start = _time.GetUtcNow();

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.WriteOnceAsync("images/a.png", Content));

        failure.Message.ShouldContain("has failed for 20 s (it answered 503)");
        (_time.GetUtcNow() - start).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task AnyMethod_NobodyListens_IsUnavailableWhenPatienceEnds()
    {
        var closed = new Uri("http://127.0.0.1:1/devstoreaccount1/pmsfc");
        var store = new BlobArtifactStore(
            new Azure.Storage.Blobs.BlobContainerClient(closed, BlobLocation.Client()),
            new StoreRetryOptions { Patience = new StorePatience { Unavailable = TimeSpan.FromSeconds(10) } },
            _time
        );

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.ReadAsync("images/a.png"));

        failure.Kind.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("has failed for 10 s (it did not answer)");
    }

    [ProviderFact]
    public async Task AnyMethod_WrongKey_IsRefusedAtOnceWithoutSecrets()
    {
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes("not the key of this account"));
        var store = new BlobArtifactStore(azurite.Container(_container, key: key), time: _time);

        var failure = await Should.ThrowAsync<StoreException>(async () => await store.WriteOnceAsync("images/a.png", Content));

        failure.Kind.ShouldBe(StoreFailure.Refused);
        failure.Message.ShouldContain("refused this process (403 AuthorizationFailure)");
        failure.ToString().ShouldNotContain(key);
        failure.ToString().ShouldNotContain("SharedKey");
        _time.Waits.ShouldBeEmpty();
    }

    [ProviderFact]
    public async Task AnyMethod_CancelledDuringAWait_Stops()
    {
        using var cancel = new CancellationTokenSource();
        var store = Behind(
            async (request, _) =>
            {
                await cancel.CancelAsync();
                return await FaultyNetwork.TimeOut(request, null!);
            }
        );

        await Should.ThrowAsync<OperationCanceledException>(async () => await store.ExistsAsync("images/a.png", cancel.Token));
    }

    [ProviderFact]
    public async Task ReadAsync_NoContainer_IsNullAndCreatesNone()
    {
        (await Sound().ReadAsync("images/a.png")).ShouldBeNull();

        (await azurite.Container(_container).ExistsAsync()).Value.ShouldBeFalse();
    }

    [Fact]
    public void Description_AddressWithSignature_DoesNotTellIt()
    {
        var address = new Uri("https://account.blob.core.windows.net/pmsfc?sv=2025-01-05&sig=c2VjcmV0");

        new BlobArtifactStore(new Azure.Storage.Blobs.BlobContainerClient(address)).Description.ShouldBe(
            "Azure Blob container https://account.blob.core.windows.net/pmsfc"
        );
    }

    private BlobArtifactStore Sound() => new(azurite.Container(_container));

    private BlobArtifactStore Behind(params FaultyNetwork.Fault[] faults) => Behind(new FaultyNetwork(faults));

    private BlobArtifactStore Behind(FaultyNetwork network) =>
        new(azurite.Container(_container, network), new StoreRetryOptions { Jitter = () => 0.5 }, _time, _log);
}
