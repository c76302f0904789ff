using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using PmSFC.Connections;
using PmSFC.Web.Api;

namespace PmSFC.Web.Access;

/// <summary>
/// Lets browsers show a bearer token by a cookie that no script can read. The cookie has the token itself, so that any silo of the cluster knows it, and who is taken out is out here too.
/// </summary>
internal static class BrowserSession
{
    // Browsers keep no cookie that is larger than 4096 bytes with its name and its attributes.
    private const int MostCharacters = 3_800;

    private const string Prefix = "Bearer ";
    private const string FetchSite = "Sec-Fetch-Site";
    private const string ForwardedProto = "X-Forwarded-Proto";

    /// <summary>Maps the beginning and the end of a session.</summary>
    public static void Map(RouteGroupBuilder changes)
    {
        changes
            .MapPost("/session", Begin)
            .WithSummary("Keep the token that the request shows in a cookie, for a browser")
            .For(AccessRole.Viewer);
        changes.MapDelete("/session", End).WithSummary("Forget the cookie").For(AccessRole.Viewer);
    }

    /// <summary>
    /// Takes the token from the cookie where a request shows none, and refuses changes that come from pages of other sites (by <c>Origin</c> and <c>Sec-Fetch-Site</c>, which scripts cannot set).
    /// </summary>
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var cookie = request.Headers.Authorization.Count == 0 ? request.Cookies[NameOf(context)] : null;
        if (cookie is not null)
            request.Headers.Authorization = Prefix + cookie;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return next(context);
        return
            IsOfAnotherSite(request) || (cookie is not null && request.Headers.Origin.Count == 0 && request.Headers[FetchSite].Count == 0)
            ? Problems.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "A change must come from this silo's own page, or from a program that shows its token as 'Authorization: Bearer TOKEN'."
            )
            : next(context);
    }

    private static bool IsOfAnotherSite(HttpRequest request)
    {
        var site = request.Headers[FetchSite];
        if (site.Count > 0 && site is not ["same-origin" or "none"])
            return true;
        var origin = request.Headers.Origin;
        // Something before the silo that speaks TLS changes the scheme, but not the host.
        return origin.Count > 0
            && !(origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from) && HostOf(from) == HostOf(request));
    }

    private static string HostOf(Uri origin) =>
        origin.IsDefaultPort ? origin.Host : string.Create(CultureInfo.InvariantCulture, $"{origin.Host}:{origin.Port}");

    private static string HostOf(HttpRequest request) => request.Host.Port is 80 or 443 ? request.Host.Host : request.Host.Value ?? "";

    private static Results<NoContent, ProblemHttpResult> Begin(HttpContext context)
    {
        var token = BearerText.Of(context)!;
        if (token.Length > MostCharacters)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                $"The token has {token.Length} characters, but a cookie has room for {MostCharacters}; have fewer claims put into it, or show it as a header."
            );
        context.Response.Cookies.Append(NameOf(context), token, OptionsOf(context));
        return TypedResults.NoContent();
    }

    private static NoContent End(HttpContext context)
    {
        context.Response.Cookies.Delete(NameOf(context), OptionsOf(context));
        return TypedResults.NoContent();
    }

    // Browsers keep cookies by host without the port, and two runs of one machine differ by their ports alone.
    private static string NameOf(HttpContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"pmsfc-{context.Connection.LocalPort}");

    private static CookieOptions OptionsOf(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps || context.Request.Headers[ForwardedProto] == "https",
            Path = "/",
        };
}
