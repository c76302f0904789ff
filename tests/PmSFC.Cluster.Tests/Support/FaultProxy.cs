using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Stands before a store and does to the requests what overloaded stores and bad networks do to them.</summary>
/// <remarks>It tells the store to close the connection after each answer, so that a connection carries one request and an answer ends with it.</remarks>
internal sealed partial class FaultProxy : IDisposable
{
    private const int LongestHead = 32 << 10;

    private readonly Uri _store;
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<StoreFault, int> _struck = [];
    private volatile Period _period = new(StoreFault.None, CancellationToken.None);
    private volatile CancellationTokenSource _cut = new();

    /// <param name="store">Address of the account.</param>
    /// <param name="address">At which the proxy is reached; by default from this machine alone.</param>
    public FaultProxy(Uri store, IPAddress? address = null)
    {
        _store = store;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Endpoint = new UriBuilder(store)
        {
            Host = $"{((IPEndPoint)_listener.LocalEndpoint).Address}",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        }.Uri;
        _ = AcceptAsync();
    }

    /// <summary>Where it is reached instead of the store.</summary>
    public Uri Endpoint { get; }

    /// <summary>How many requests each fault has struck.</summary>
    public IReadOnlyDictionary<StoreFault, int> Struck => _struck;

    /// <summary>Strikes every request with a fault, as long as something else takes, and until one at least was struck.</summary>
    public async Task StrikeAsync(StoreFault kind, Func<Task> meanwhile)
    {
        using var over = new CancellationTokenSource();
        _period = new Period(kind, over.Token);
        if (kind == StoreFault.Gone)
        {
            var cut = _cut;
            _cut = new CancellationTokenSource();
            await cut.CancelAsync();
        }

        await meanwhile();
        while (!_struck.ContainsKey(kind))
            await Task.Delay(50);
        _period = new Period(StoreFault.None, CancellationToken.None);
        await over.CancelAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _cut.Cancel();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        try
        {
            if (await TreatAsync(client, _cut.Token))
                client.Shutdown(SocketShutdown.Both);
            else
                client.Close(timeout: 0);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            client.Close(timeout: 0);
        }
    }

    /// <returns>Whether there was an answer; the connection breaks otherwise.</returns>
    private async Task<bool> TreatAsync(Socket client, CancellationToken cut)
    {
        await using var asked = new NetworkStream(client);
        var head = await ReadHeadAsync(asked, cut);
        var length = ContentLength().Match(head) is { Success: true } found
            ? long.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : 0;
        var (kind, over) = _period;
        if (kind == StoreFault.UploadsBreak && length == 0)
            kind = StoreFault.None;
        if (kind != StoreFault.None)
            _struck.AddOrUpdate(kind, 1, (_, count) => count + 1);
        switch (kind)
        {
            case StoreFault.Busy or StoreFault.Broken:
                await InviteAsync(asked, head, cut);
                await CopyAsync(asked, Stream.Null, length, cut);
                var status = kind == StoreFault.Busy ? "503 Service Unavailable" : "500 Internal Server Error";
                await asked.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                    cut
                );
                return true;
            case StoreFault.Hanging:
                await Task.Delay(Timeout.Infinite, over);
                return false;
            case StoreFault.Gone:
                return false;
        }

        using var store = new TcpClient();
        await store.ConnectAsync(_store.Host, _store.Port, cut);
        await using var passedOn = store.GetStream();
        await passedOn.WriteAsync(Encoding.ASCII.GetBytes(Rewritten(head)), cut);
        await InviteAsync(asked, head, cut);
        await CopyAsync(asked, passedOn, kind == StoreFault.UploadsBreak ? length / 2 : length, cut);
        if (kind == StoreFault.UploadsBreak)
            return false;
        await passedOn.CopyToAsync(kind == StoreFault.AnswersAreLost ? Stream.Null : asked, cut);
        return kind != StoreFault.AnswersAreLost;
    }

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
            if (head.Length > LongestHead)
                throw new IOException("The request has no end of its head.");
        }

        return head.ToString();
    }

    private static string Rewritten(string head)
    {
        var lines = head.TrimEnd()
            .Split("\r\n")
            .Where(line =>
                !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)
                && !line.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase)
            );
        return string.Join("\r\n", [.. lines, "Connection: close", "", ""]);
    }

    /// <summary>A client that has met errors sends its content no sooner than it is invited to, or after a second.</summary>
    private static async Task InviteAsync(Stream client, string head, CancellationToken cancellationToken)
    {
        if (head.Contains("100-continue", StringComparison.OrdinalIgnoreCase))
            await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
    }

    private static async Task CopyAsync(Stream from, Stream to, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[length];
        await from.ReadExactlyAsync(buffer, cancellationToken);
        await to.WriteAsync(buffer, cancellationToken);
    }

    [GeneratedRegex(@"\r\nContent-Length: *([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();

    private sealed record Period(StoreFault Kind, CancellationToken Over);
}
