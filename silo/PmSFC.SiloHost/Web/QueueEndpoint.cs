using Microsoft.AspNetCore.Http;
using PmSFC.Abstractions.Devices;
using PmSFC.Silo.Arguments;
using PmSFC.Web.Api;

namespace PmSFC.SiloHost.Web;

/// <summary>
/// Answers <c>/queue</c> with what the cluster's device pool holds, as JSON for autoscalers; <c>?above=4GiB&amp;at-most=16GiB</c> counts the work alone that
/// needs more memory than the one and no more than the other. 400 with a sentence for a question that it does not understand, 503 with a sentence where the
/// pool cannot be asked.
/// </summary>
internal sealed class QueueEndpoint(IGrainFactory grains, TimeProvider time)
{
    private const string Above = "above",
        AtMost = "at-most";

    // Autoscalers give up after a few seconds, and then learn no reason.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Answers.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (Misunderstood(context.Request.Query, out var above, out var atMost) is { } problem)
        {
            await PlainText.WriteAsync(context.Response, StatusCodes.Status400BadRequest, problem);
            return;
        }

        try
        {
            var status = await grains
                .GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default)
                .GetStatus(context.RequestAborted)
                .WaitAsync(Patience, time, context.RequestAborted);
            if (status.Loads is { } loads)
                await context.Response.WriteAsJsonAsync(
                    QueueAnswer.Of(status, loads.Where(load => load.BytesPerJob > above && load.BytesPerJob <= atMost)),
                    context.RequestAborted
                );
            else
                await RefuseAsync(
                    context,
                    "the device pool is on a silo of an earlier version, which does not tell its load; update all silos"
                );
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away.
        }
        catch (TimeoutException)
        {
            await RefuseAsync(context, $"the device pool has not answered within {Patience.TotalSeconds} s; ask again");
        }
        catch (ArgumentException)
        {
            await RefuseAsync(
                context,
                "no silo of the cluster hosts grains, so there is no device pool; start one with the role control or both"
            );
        }
        catch (Exception e) when (e is OrleansException or InvalidOperationException or OperationCanceledException)
        {
            await RefuseAsync(
                context,
                "the device pool cannot be reached, because this silo or the pool's joins or leaves the cluster; ask again"
            );
        }
    }

    private static string? Misunderstood(IQueryCollection query, out long above, out long atMost)
    {
        (above, atMost) = (-1, long.MaxValue);
        if (query.Keys.FirstOrDefault(key => key is not (Above or AtMost)) is { } unknown)
            return $"/queue has no use for '{unknown}'; it takes {Above} and {AtMost}, such as /queue?{Above}=4GiB.";
        return (query.TryGetValue(Above, out var from) ? ValueKinds.Bytes.Read(Above, from.ToString(), out above) : null)
            ?? (query.TryGetValue(AtMost, out var to) ? ValueKinds.Bytes.Read(AtMost, to.ToString(), out atMost) : null);
    }

    private static Task RefuseAsync(HttpContext context, string why) =>
        PlainText.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, $"{why}.");
}
