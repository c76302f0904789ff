using System.Net;
using System.Net.Sockets;

namespace PmSFC.Cli.Tests.Support;

/// <summary>Stands between a process and its store: passes requests on, or answers as many of them with 503 as it is told to.</summary>
internal sealed class FaultProxy : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly Uri _target;
    private int _refused,
        _toRefuse;

    public FaultProxy(Uri target)
    {
        _target = target;
        Endpoint = new UriBuilder(target) { Port = FreePort() }.Uri;
        _listener.Prefixes.Add(Endpoint.GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
        _ = Task.Run(Listen);
    }

    /// <summary>Where the store is reached through this proxy.</summary>
    public Uri Endpoint { get; }

    /// <summary>Requests that were answered 503.</summary>
    public int Refused => _refused;

    /// <summary>Answers the next requests with 503 instead of passing them on.</summary>
    public void RefuseNext(int requests) => Interlocked.Exchange(ref _toRefuse, requests);

    public void Dispose()
    {
        _listener.Close();
        _client.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Listen()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        // A body that is left unread would break the connection, which is another fault.
        using var response = context.Response;
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        if (Interlocked.Decrement(ref _toRefuse) >= 0)
        {
            Interlocked.Increment(ref _refused);
            response.StatusCode = 503;
            response.AddHeader("x-ms-error-code", "ServerBusy");
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), new Uri(_target, context.Request.RawUrl));
        if (context.Request.HasEntityBody || context.Request.Headers["Content-Length"] is not null)
            request.Content = new ByteArrayContent(body.ToArray());

        foreach (
            var name in context
                .Request.Headers.AllKeys.OfType<string>()
                .Where(name => name is not ("Host" or "Connection" or "Content-Length"))
        )
        {
            if (!request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]))
                request.Content?.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]);
        }

        using var answer = await _client.SendAsync(request);
        response.StatusCode = (int)answer.StatusCode;
        foreach (
            var header in answer
                .Headers.Concat(answer.Content.Headers)
                .Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length" or "Connection" or "Keep-Alive"))
        )
            response.AddHeader(header.Key, string.Join(", ", header.Value));
        var content = await answer.Content.ReadAsByteArrayAsync();
        if (request.Method == HttpMethod.Head)
        {
            if (answer.Content.Headers.ContentLength is { } length)
                response.ContentLength64 = length;
            return;
        }

        response.ContentLength64 = content.Length;
        await response.OutputStream.WriteAsync(content);
    }
}
