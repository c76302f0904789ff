using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using PmSFC.Cluster.Tests.Support;
using PmSFC.SiloHost.Web;
using PmSFC.Web.Access;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>Those who send a byte now and then to hold connections. It takes seconds in which nothing happens, so that it is a class of its own, during which others run.</summary>
public sealed class SlowCallersTests
{
    // A server that is not told how long to wait for headers waits for 30 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>All at once.</summary>
    [Fact]
    public async Task Callers_WhoAreSlow_AreLetGoAndHoldNobodyUp()
    {
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0]);
        await provider.StartAsync();
        await using var web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = ports[1],
                Access = new AccessSources(null, provider.Options),
                HeaderPatience = TimeSpan.FromSeconds(2.2),
            }
        );
        const string ask = "GET /api/v1/me HTTP/1.1\r\n",
            change = "PUT /api/v1/sweeps/00000000000000000000000000000000/priority HTTP/1.1\r\nHost: silo\r\n";
        var who =
            $"Authorization: Bearer {provider.Sign(provider.Claims("operator", "pmsfc-operator"), "ES256")}\r\nContent-Type: application/json\r\n";
        string[] begun =
        [
            "G",
            ask,
            $"{ask}Host: silo\r\nX-1: ",
            $"{change}{who}Content-Length: 60000\r\n\r\n{{",
            $"{change}{who}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n",
            $"{change}Content-Length: 60000\r\n\r\n{{",
        ];

        var slow = begun.Select(request => SlowAsync(ports[1], request)).ToArray();
        using var http = new HttpClient();
        (await http.GetAsync($"http://127.0.0.1:{ports[1]}/healthz/live")).EnsureSuccessStatusCode();

        foreach (var (request, took) in begun.Zip(await Task.WhenAll(slow)))
            took.ShouldBeLessThan(Patience, request);
    }

    private static async Task<TimeSpan> SlowAsync(int port, string begun)
    {
        var since = Stopwatch.GetTimestamp();
        using var client = new TcpClient("127.0.0.1", port);
        var stream = client.GetStream();
        var buffer = new byte[4096];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(begun));
            var reading = Task.Run(async () =>
            {
                while (await stream.ReadAsync(buffer) > 0) { }
            });
            while (!reading.IsCompleted && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await stream.WriteAsync("x"u8.ToArray());
                await Task.Delay(100);
            }

            if (reading.IsCompleted)
                await reading;
        }
        catch (IOException)
        {
            // Closed.
        }

        return Stopwatch.GetElapsedTime(since);
    }
}
