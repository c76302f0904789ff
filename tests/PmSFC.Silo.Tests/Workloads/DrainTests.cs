using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Engine;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Workloads;

/// <summary>A silo that leaves while its store is away: waits for the store end in time.</summary>
[Collection(TensorsCollection.Name)]
public sealed class DrainTests : IAsyncLifetime
{
    // Half of the 60 s in which a silo that was asked to stop must be gone: its grains and its membership want time too.
    private static readonly TimeSpan MostOfADrain = TimeSpan.FromSeconds(30);

    // Of the machine's own clock: what is waited for on the simulated one is over at once.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly Works _works = new();
    private Device _device = null!;

    public Task InitializeAsync()
    {
        _device = new Device(new DeviceOptions { Threads = 1, Host = nameof(DrainTests) }, _time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public Task Run_StoreAnswers503WhileItDrains_EndsInTime() =>
        EndsInTime(
            (_, _) =>
                Task.FromResult(
                    new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable) { Content = new ByteArrayContent([]) }
                )
        );

    [Fact]
    public Task Run_StoreDoesNotAnswerWhileItDrains_EndsInTime() =>
        EndsInTime(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("The request was given up.");
            }
        );

    private async Task EndsInTime(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        var network = new Network(answer);
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 }, Transport = new HttpClientTransport(new HttpClient(network)) };
        var store = new BlobArtifactStore(new BlobContainerClient(new Uri("http://127.0.0.1:1/account/container"), options), time: _time);
        using var draining = new CancellationTokenSource();
        var workload = new InversionWorkload(
            store,
            EngineCatalog.BuiltIn with
            {
                Methods = [new FakeMethod()],
            },
            _time,
            NullLogger<InversionWorkload>.Instance
        );
        var running = workload.RunAsync(
            new WorkBatch(_device, [_works.Lease(Works.Spec("0123456789abcdef0123456789abcdef"))]),
            draining.Token
        );
        await network.Asked.WaitAsync(Soon);

        await draining.CancelAsync();
        for (var drained = TimeSpan.Zero; drained < MostOfADrain && !running.IsCompleted; drained += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(running, Task.Delay(20));
        }

        (await Should.ThrowAsync<StoreException>(() => running.WaitAsync(Soon))).Kind.ShouldBe(StoreFailure.Unavailable);
    }

    private sealed class Network(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        private readonly TaskCompletionSource _asked = new();

        public Task Asked => _asked.Task;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            return answer(request, cancellationToken);
        }
    }
}
