using System.Net;
using NSubstitute;
using PmSFC.Connections;

namespace PmSFC.Cluster.Tests.Api;

public sealed class BrowserSessionTests(ApiServer server) : IClassFixture<ApiServer>
{
    private string Site => $"http://127.0.0.1:{server.Port}";

    [Fact]
    public async Task Session_FromItsBeginToItsEnd_IsACookieThatNoScriptReads()
    {
        var begun = await SendAsync(HttpMethod.Post, "/api/v1/session", "Authorization", $"Bearer {server.Secrets[AccessRole.Operator]}");

        begun.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var set = begun.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        set.ShouldBe($"pmsfc-{server.Port}={server.Secrets[AccessRole.Operator]}; path=/; samesite=strict; httponly");
        var cookie = set.Split(';')[0];
        (await (await SendAsync(HttpMethod.Get, "/api/v1/me", "Cookie", cookie)).Content.ReadAsStringAsync()).ShouldContain("the-Operator");
        (
            await SendAsync(HttpMethod.Get, "/api/v1/me", "Cookie", cookie.Replace("pmsfc_", "pmsfc_x", StringComparison.Ordinal))
        ).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var ended = await SendAsync(HttpMethod.Delete, "/api/v1/session", "Cookie", cookie, "Origin", Site);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ended.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().ShouldStartWith($"pmsfc-{server.Port}=; expires=Thu, 01 Jan 1970");
    }

    [Fact]
    public async Task Cookie_BehindSomethingThatSpeaksTls_IsSentOverTlsAlone()
    {
        var begun = await SendAsync(
            HttpMethod.Post,
            "/api/v1/session",
            "Authorization",
            $"Bearer {server.Secrets[AccessRole.Viewer]}",
            "X-Forwarded-Proto",
            "https"
        );

        begun.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().ShouldContain("; secure;");
    }

    /// <summary>A page of another site can make a browser send a request, but not without saying where it comes from.</summary>
    [Theory]
    [InlineData("Cookie", "", "")]
    [InlineData("Cookie", "Origin", "https://evil.example")]
    [InlineData("Cookie", "Origin", "null")]
    [InlineData("Cookie", "Origin", "http://127.0.0.1")]
    [InlineData("Cookie", "Origin", "http://127.0.0.1:1")]
    [InlineData("Cookie", "Origin", "http://127.0.0.1.evil.example:{port}")]
    [InlineData("Cookie", "Origin", "not a site")]
    [InlineData("Cookie", "Sec-Fetch-Site", "cross-site")]
    [InlineData("Cookie", "Sec-Fetch-Site", "same-site")]
    [InlineData("Cookie", "Sec-Fetch-Site", "same-origin, cross-site")]
    [InlineData("Authorization", "Origin", "https://evil.example")]
    [InlineData("Authorization", "Sec-Fetch-Site", "cross-site")]
    public async Task Change_ThatComesFromAnotherSite_IsRefused(string by, string header, string value)
    {
        server.Sweep.ClearReceivedCalls();
        var secret = server.Secrets[AccessRole.Operator];
        var shown = by == "Cookie" ? $"pmsfc-{server.Port}={secret}" : $"Bearer {secret}";

        var answer = await SendAsync(
            HttpMethod.Post,
            $"/api/v1/sweeps/{server.Plan.Id}/cancel",
            by,
            shown,
            header,
            value.Replace("{port}", $"{server.Port}", StringComparison.Ordinal)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("A change must come from this silo's own page");
        (await server.Sweep.DidNotReceive().Cancel(Arg.Any<CancellationToken>())).ShouldBeNull();
    }

    [Theory]
    [InlineData("Cookie", "Origin", "http://127.0.0.1:{port}")]
    [InlineData("Cookie", "Origin", "https://127.0.0.1:{port}")]
    [InlineData("Cookie", "Sec-Fetch-Site", "same-origin")]
    [InlineData("Authorization", "", "")]
    public async Task Change_ThatComesFromTheSilosOwnPage_IsMade(string by, string header, string value)
    {
        var secret = server.Secrets[AccessRole.Operator];
        var shown = by == "Cookie" ? $"pmsfc-{server.Port}={secret}" : $"Bearer {secret}";

        (
            await SendAsync(
                HttpMethod.Post,
                $"/api/v1/sweeps/{server.Plan.Id}/pause",
                by,
                shown,
                header,
                value.Replace("{port}", $"{server.Port}", StringComparison.Ordinal)
            )
        ).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Page_ForEverybody_IsFilesThatTellNothingAndRunNoForeignScript()
    {
        var page = await SendAsync(HttpMethod.Get, "/");
        page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        page.Headers.GetValues("Content-Security-Policy")
            .ShouldHaveSingleItem()
            .ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';");
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldNotContain(server.Plan.Name);
        foreach (
            var file in System
                .Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"([^\"]+)\"")
                .Select(match => match.Groups[1].Value)
        )
            (await SendAsync(HttpMethod.Get, file)).StatusCode.ShouldBe(HttpStatusCode.OK, file);

        (await SendAsync(HttpMethod.Get, "/", "If-None-Match", page.Headers.ETag!.ToString())).StatusCode.ShouldBe(
            HttpStatusCode.NotModified
        );
        foreach (
            var path in (string[])
                ["/page/none.js", "/page/../Program.cs", "/page/..%2f..%2fetc%2fpasswd", "/page/%2e%2e/app.js", "/page/", "/page/vendor/"]
        )
            (await SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Unauthorized);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params string[] headers)
    {
        using var client = server.Client(null);
        using var request = new HttpRequestMessage(method, path);
        for (var i = 0; i < headers.Length; i += 2)
            if (headers[i].Length > 0)
                request.Headers.TryAddWithoutValidation(headers[i], headers[i + 1]);
        return await client.SendAsync(request);
    }
}
