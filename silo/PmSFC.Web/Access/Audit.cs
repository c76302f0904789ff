using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PmSFC.Web.Access;

/// <summary>Logs every change that somebody asks for: who, from where, what, and what came of it.</summary>
internal sealed partial class Audit(ILogger<Audit> logger) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            var answer = await next(context);
            // One of several possible results stands in another.
            status = ((answer is INestedHttpResult nested ? nested.Result : answer) as IStatusCodeHttpResult)?.StatusCode
                ?? StatusCodes.Status200OK;
            return answer;
        }
        finally
        {
            LogChange(logger, http.User.Identity?.Name ?? "nobody", AddressOf(http), http.Request.Method, http.Request.Path, status);
        }
    }

    private static string AddressOf(HttpContext http) =>
        http.Connection.RemoteIpAddress switch
        {
            null => "nowhere",
            { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
            var address => address.ToString(),
        };

    [LoggerMessage(LogLevel.Information, "{Who} at {Address}: {Method} {Path}: {Status}")]
    private static partial void LogChange(ILogger logger, string who, string address, string method, PathString path, int status);
}
