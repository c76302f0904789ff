using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using PmSFC.Silo.Devices;

namespace PmSFC.SiloHost.Web;

/// <summary>
/// Answers <c>/healthz/live</c> with 200 while the process can answer and no device of it hangs or is lost, and <c>/healthz/ready</c> with 200 while the silo is in its cluster and
/// does not leave it; with 503 and a sentence otherwise. Neither asks a grain or the store: a cluster in trouble is not mended by restarting its silos.
/// </summary>
internal sealed class HealthEndpoints(IHostApplicationLifetime lifetime, ISiloStatusOracle silo, DeviceHealth devices)
{
    /// <summary>Answers a liveness probe.</summary>
    public Task AnswerLiveAsync(HttpContext context) => AnswerAsync(context, devices.Problem, "live");

    /// <summary>Answers a readiness probe.</summary>
    public Task AnswerReadyAsync(HttpContext context)
    {
        var problem =
            lifetime.ApplicationStopping.IsCancellationRequested ? "draining"
            : silo.CurrentStatus != SiloStatus.Active ? $"joining: {silo.CurrentStatus}"
            : null;
        return AnswerAsync(context, problem, "ready");
    }

    private static Task AnswerAsync(HttpContext context, string? problem, string otherwise) =>
        PlainText.WriteAsync(
            context.Response,
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            problem ?? otherwise
        );
}
