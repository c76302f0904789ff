using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PmSFC.Web.Api;

/// <summary>What a body must be before it is read.</summary>
internal static class BodyRules
{
    /// <summary>
    /// Refuses bodies that say that they are in another encoding than UTF-8, since JSON is in no other (RFC 8259, 8.1) and YAML is taken in no other, and those whose end a proxy might see elsewhere (RFC 9112, 6.1).
    /// </summary>
    public static void UseBodyRules(this WebApplication web) =>
        web.Use(
            (context, next) =>
            {
                if (
                    context.Request.Headers.TransferEncoding is { Count: > 0 } coding
                    && !(coding.Count == 1 && coding[0]!.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                )
                {
                    context.Response.Headers.Connection = "close";
                    return Problems.WriteAsync(
                        context,
                        StatusCodes.Status400BadRequest,
                        "The body's Transfer-Encoding must be chunked, once, or not there."
                    );
                }

                return
                    context.Request.ContentType is { } type
                    && (
                        !IsKind(type, out var charset)
                        || (charset is not null && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                    )
                    ? Problems.WriteAsync(
                        context,
                        StatusCodes.Status415UnsupportedMediaType,
                        "The body must be text in UTF-8: send it with 'Content-Type: application/json', or as /openapi/v1.json says."
                    )
                    : next(context);
            }
        );

    private static bool IsKind(string type, out string? charset)
    {
        try
        {
            charset = new ContentType(type).CharSet;
            return true;
        }
        catch (FormatException)
        {
            charset = null;
            return false;
        }
    }
}
