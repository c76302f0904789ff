using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PmSFC.Web.Following;

/// <summary>Answers with a sweep's events, as server-sent events, until the sweep or the server ends.</summary>
/// <param name="follower">The sweep.</param>
/// <param name="after">The number of the last event that the caller has seen, or 0.</param>
internal sealed class EventStream(SweepFollower follower, long after) : IResult
{
    private const int MostBytesAtOnce = 64 << 10;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // A silo that stops does not wait for those who watch: they ask another one, from the last event that they have seen.
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, httpContext.RequestAborted);
        try
        {
            await response.Body.FlushAsync(either.Token);
            await foreach (var bytes in follower.ReadAsync(after, either.Token))
            {
                // The server copies what it is given whole, so that the latest states of a large sweep would be held once for each reader.
                for (var written = 0; written < bytes.Length; written += MostBytesAtOnce)
                {
                    await response.Body.WriteAsync(bytes[written..Math.Min(bytes.Length, written + MostBytesAtOnce)], either.Token);
                    await response.Body.FlushAsync(either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The answer ends.
        }
    }
}
