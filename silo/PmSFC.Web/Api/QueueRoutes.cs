using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using PmSFC.Connections;
using PmSFC.Web.Access;

namespace PmSFC.Web.Api;

/// <summary>What waits, and why.</summary>
internal static class QueueRoutes
{
    /// <summary>Maps it.</summary>
    /// <param name="looks">For what changes nothing.</param>
    public static void Map(RouteGroupBuilder looks) =>
        looks.MapGet("/queue", ShowAsync).WithSummary("What the cluster has to do, and why what waits does").For(AccessRole.Viewer);

    private static async Task<Results<Ok<WaitingAnswer>, ProblemHttpResult>> ShowAsync(QueueReader queue, CancellationToken cancellation)
    {
        var (pool, sweeps) = await queue.ReadAsync(cancellation);
        if (pool.Loads is not { } loads)
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The device pool is on a silo of an earlier version, which does not tell its load; update all silos."
            );
        return TypedResults.Ok(WaitingAnswer.Of(pool, QueueAnswer.Of(pool, loads), sweeps));
    }
}
