using System.Net;
using System.Net.Sockets;

namespace PmSFC.Storage.Tests;

/// <summary>A network that spoils requests as told, in their order, and then passes all on.</summary>
public sealed class FaultyNetwork(params FaultyNetwork.Fault[] faults) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _requests = -1;

    public delegate Task<HttpResponseMessage> Fault(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn);

    /// <summary>How many requests have been sent.</summary>
    public int Requests => _requests + 1;

    public static Task<HttpResponseMessage> PassOn(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn) => passOn();

    /// <summary>The store answers so and does nothing.</summary>
    public static Fault Answer(int status, string code) =>
        (request, _) =>
            Task.FromResult(
                new HttpResponseMessage((HttpStatusCode)status)
                {
                    RequestMessage = request,
                    Headers = { { "x-ms-error-code", code } },
                    Content = new ByteArrayContent([]),
                }
            );

    /// <summary>The request goes unanswered until its time is up.</summary>
    public static Task<HttpResponseMessage> TimeOut(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn) =>
        throw new TaskCanceledException("no answer in time", new TimeoutException());

    /// <summary>The connection breaks while the request's body is on its way; the store does nothing.</summary>
    public static async Task<HttpResponseMessage> ResetWhileSending(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn)
    {
        var body = await request.Content!.ReadAsStreamAsync();
        _ = await body.ReadAtLeastAsync(new byte[64], 64, throwOnEndOfStream: false);
        throw Reset();
    }

    /// <summary>The store does what was asked, but the connection breaks before its answer arrives.</summary>
    public static async Task<HttpResponseMessage> LoseAnswer(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn)
    {
        (await passOn()).Dispose();
        throw Reset();
    }

    /// <summary>The connection breaks in the middle of the answer's body.</summary>
    public static async Task<HttpResponseMessage> ResetWhileReceiving(HttpRequestMessage request, Func<Task<HttpResponseMessage>> passOn)
    {
        var answer = await passOn();
        var whole = await answer.Content.ReadAsByteArrayAsync();
        var broken = new StreamContent(new BrokenStream(whole[..(whole.Length / 2)]));
        foreach (var header in answer.Content.Headers)
            broken.Headers.TryAddWithoutValidation(header.Key, header.Value);
        answer.Content = broken;
        return answer;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _requests);
        Fault fault = number < faults.Length ? faults[number] : PassOn;
        return fault(request, () => base.SendAsync(request, cancellationToken));
    }

    private static HttpRequestException Reset() =>
        new("the connection was reset", new IOException("reset", new SocketException((int)SocketError.ConnectionReset)));

    private sealed class BrokenStream(byte[] start) : MemoryStream(start)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => Guard(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Guard(base.Read(buffer));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Guard(base.Read(buffer.Span)));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Guard(base.Read(buffer, offset, count)));

        private static int Guard(int read) => read > 0 ? read : throw new IOException("the connection was reset");
    }
}
