using System.Net;
using Microsoft.Extensions.Hosting;

namespace PmSFC.SiloHost.Health;

/// <summary>
/// Answers <c>/healthz/live</c> with 200 while the process can answer, and <c>/healthz/ready</c> with 200 while the silo is in its cluster and
/// does not leave it. Neither asks a grain or the store: a cluster in trouble is not mended by restarting its silos.
/// </summary>
internal sealed class HealthEndpoints(int port, IHostApplicationLifetime lifetime, ISiloStatusOracle silo) : BackgroundService
{
    private readonly HttpListener _listener = new();

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Prefixes.Add($"http://*:{port}/");
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener.Close();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stop = stoppingToken.Register(_listener.Close);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The caller went away, or the listener was closed.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using var response = context.Response;
        var (status, text) = context.Request.Url?.AbsolutePath switch
        {
            "/healthz/live" => (HttpStatusCode.OK, "live"),
            "/healthz/ready" => Readiness(),
            _ => (HttpStatusCode.NotFound, "not found: ask for /healthz/live or /healthz/ready"),
        };
        response.StatusCode = (int)status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Close(System.Text.Encoding.UTF8.GetBytes(text + "\n"), willBlock: false);
    }

    private (HttpStatusCode Status, string Text) Readiness() =>
        lifetime.ApplicationStopping.IsCancellationRequested ? (HttpStatusCode.ServiceUnavailable, "draining")
        : silo.CurrentStatus != SiloStatus.Active ? (HttpStatusCode.ServiceUnavailable, $"joining: {silo.CurrentStatus}")
        : (HttpStatusCode.OK, "ready");
}
