using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PmSFC.Connections;
using PmSFC.Web.Access;
using Scalar.AspNetCore;

namespace PmSFC.Web.Api;

/// <summary>A page that shows the API's document to people, and tries its routes: Scalar, whose script comes from this program and not from elsewhere.</summary>
internal static class Reference
{
    /// <summary>Where it is.</summary>
    public const string Path = "/reference";

    private const string Document = "v1";

    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder web) =>
        web.MapScalarApiReference(Path, Configure).ExcludeFromDescription().For(AccessRole.Viewer);

    private static void Configure(ScalarOptions options, HttpContext context)
    {
        // Whatever stands there would else be shown as a document that does not exist.
        if (context.GetRouteValue("documentName") is not (null or Document))
            throw new BadHttpRequestException($"The API has one document, {Document}.", StatusCodes.Status404NotFound);
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        // The page begins with a script of its own, and its styles are made by scripts.
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        options
            .WithTitle("PmSFC.Cluster")
            .WithNonce(nonce)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton()
            .HideDeveloperTools();
    }
}
