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
                await response.Body.WriteAsync(bytes, either.Token);
                await response.Body.FlushAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The answer ends.
        }
    }
}
