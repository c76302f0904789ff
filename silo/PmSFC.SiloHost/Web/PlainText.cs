using Microsoft.AspNetCore.Http;

namespace PmSFC.SiloHost.Web;

/// <summary>Answers of one line, for people and probes.</summary>
internal static class PlainText
{
    /// <summary>Writes the answer.</summary>
    public static Task WriteAsync(HttpResponse response, int status, string line)
    {
        (response.StatusCode, response.ContentType) = (status, "text/plain; charset=utf-8");
        return response.WriteAsync(line + '\n', response.HttpContext.RequestAborted);
    }
}
