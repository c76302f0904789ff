using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using PmSFC.Web.Api;

namespace PmSFC.Web.Page;

/// <summary>The live page: files that are a part of the program. They tell nothing of the cluster, so everybody may have them; what they show comes from the API.</summary>
internal static class PageRoutes
{
    private const string First = "index.html";
    private const string Prefix = "Page/";

    // Everything comes from this silo, and no script stands in the page itself.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, PageFile> Files = Read();

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder web)
    {
        web.MapGet("/", Show).ExcludeFromDescription().AllowAnonymous();
        web.MapGet("/page/{**file}", Give).ExcludeFromDescription().AllowAnonymous();
    }

    private static Results<FileContentHttpResult, ProblemHttpResult> Show(HttpContext context) => Give(First, context);

    private static Results<FileContentHttpResult, ProblemHttpResult> Give(string? file, HttpContext context)
    {
        if (!Files.TryGetValue(file ?? "", out var found))
            return Problems.Of(StatusCodes.Status404NotFound, "The page has no such file.");
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.File(found.Content, found.ContentType, entityTag: found.Tag);
    }

    private static FrozenDictionary<string, PageFile> Read()
    {
        var (assembly, types) = (typeof(PageRoutes).Assembly, new FileExtensionContentTypeProvider());
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Prefix.Length..],
                name =>
                {
                    using var stream = assembly.GetManifestResourceStream(name)!;
                    var content = new byte[stream.Length];
                    stream.ReadExactly(content);
                    var type = types.TryGetContentType(name, out var known) ? known : "text/plain";
                    return new PageFile(
                        content,
                        type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type,
                        new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"")
                    );
                }
            );
    }

    private sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
}
