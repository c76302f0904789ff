using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using PmSFC.Silo.Devices;

namespace PmSFC.SiloHost.Health;

/// <summary>
/// Answers <c>/healthz/live</c> with 200 while the process can answer and no device of it hangs or is lost, and <c>/healthz/ready</c> with 200 while the silo is in its cluster and
/// does not leave it. Neither asks a grain or the store: a cluster in trouble is not mended by restarting its silos.
/// </summary>
/// <remarks>
/// A socket and a few lines of HTTP, on purpose: .NET's HttpListener fails to start where a probe connects at the same moment, and a web framework
/// is much for two answers.
/// </remarks>
internal sealed class HealthEndpoints(int port, IHostApplicationLifetime lifetime, ISiloStatusOracle silo, DeviceHealth? devices = null) : BackgroundService
{
    private const int LongestRequest = 8192;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener = TcpListener.Create(port);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stoppingToken)
    {
        using var connection = client;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(Patience);
        try
        {
            var stream = client.GetStream();
            var (status, text) = await ReadPathAsync(stream, patience.Token) switch
            {
                null => (HttpStatusCode.BadRequest, "this is no GET request"),
                "/healthz/live" => devices?.Problem is { } problem ? (HttpStatusCode.ServiceUnavailable, problem) : (HttpStatusCode.OK, "live"),
                "/healthz/ready" => Readiness(),
                _ => (HttpStatusCode.NotFound, "ask for /healthz/live or /healthz/ready"),
            };
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {(int)status} {status}\r\nContent-Type: text/plain\r\nContent-Length: {text.Length + 1}\r\nConnection: close\r\n\r\n{text}\n"),
                patience.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The caller went away.
        }
    }

    private static async Task<string?> ReadPathAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var request = new byte[LongestRequest];
        for (var length = 0; length < request.Length;)
        {
            var read = await stream.ReadAsync(request.AsMemory(length), cancellationToken);
            if (read == 0) return null;
            length += read;
            if (request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0) continue;
            var line = Encoding.ASCII.GetString(request, 0, length).Split("\r\n", 2)[0].Split(' ');
            return line is ["GET", var path, _] ? path.Split('?', 2)[0] : null;
        }

        return null;
    }

    private (HttpStatusCode Status, string Text) Readiness() =>
        lifetime.ApplicationStopping.IsCancellationRequested ? (HttpStatusCode.ServiceUnavailable, "draining")
        : silo.CurrentStatus != SiloStatus.Active ? (HttpStatusCode.ServiceUnavailable, $"joining: {silo.CurrentStatus}")
        : (HttpStatusCode.OK, "ready");
}
