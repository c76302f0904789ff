using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using PmSFC.Abstractions.Failures;
using PmSFC.Storage;

namespace PmSFC.Web.Api;

/// <summary>What did not work, one sentence, as <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>An answer.</summary>
    public static ProblemHttpResult Of(int status, string sentence) => TypedResults.Problem(detail: sentence, statusCode: status);

    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync(HttpContext context, int status, string sentence) => Of(status, sentence).ExecuteAsync(context);

    /// <summary>Turns failures that have a sentence into answers.</summary>
    public static async ValueTask<object?> ExplainAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadInputException e)
        {
            return Of(StatusCodes.Status404NotFound, e.Message);
        }
        catch (StoreException e)
        {
            return Of(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return Of(
                StatusCodes.Status503ServiceUnavailable,
                "The cluster does not answer now, because a silo joins or leaves it; ask again."
            );
        }
    }
}
