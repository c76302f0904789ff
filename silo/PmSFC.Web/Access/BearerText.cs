using Microsoft.AspNetCore.Http;

namespace PmSFC.Web.Access;

/// <summary>Where callers show who they are. What is read here, and nowhere else, is checked as a secret of the file of tokens or as a JWT.</summary>
internal static class BearerText
{
    private const string Scheme = "Bearer";

    /// <summary>What the caller shows as <c>Authorization: Bearer TEXT</c> (RFC 6750), or null where there is no such header, or not exactly one of that form.</summary>
    public static string? Of(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        var words = header.Count == 1 ? header[0]!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return words is [var scheme, var text] && scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase) ? text : null;
    }
}
