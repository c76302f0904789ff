using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using PmSFC.Abstractions.Failures;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.Web.Access;

namespace PmSFC.Cluster.Tests.Api;

public sealed partial class AccessTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly string[] OpenToAll =
    [
        "/healthz/live",
        "/healthz/ready",
        "/queue",
        "/metrics",
        "/",
        "/page/{**file}",
        "/reference/scalar.js",
        "/reference/scalar.aspnetcore.js",
        "/reference/favicon.svg",
    ];
    private static readonly string[] Steering = ["POST cancel", "POST pause", "POST resume", "PUT priority", "POST plans", "POST sweeps"];

    private IEnumerable<RouteEndpoint> Routes => server.Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void Routes_AllThatThereAre_AreOpenOrAskForOneRole()
    {
        foreach (var route in Routes)
        {
            var policies = route.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(rule => rule.Policy).ToArray();
            (route.Metadata.GetMetadata<IAllowAnonymous>() is not null).ShouldBe(OpenToAll.Contains(Path(route)), Path(route));
            if (!OpenToAll.Contains(Path(route)))
                policies.ShouldBe(
                    [
                        (
                            Steering.Contains($"{Method(route)} {Path(route).Split('/')[^1]}") ? AccessRole.Operator : AccessRole.Viewer
                        ).ToString(),
                    ],
                    Path(route)
                );
        }

        Routes.Count().ShouldBeGreaterThan(14);
    }

    [Fact]
    public void Routes_AllThatThereAre_AreInTheDocumentWithTheirRole()
    {
        var rows = DocumentRow()
            .Matches(File.ReadAllText(System.IO.Path.Combine(Kubernetes.Tests.Monitoring.Manifests, "..", "docs", "api.md")))
            .Select(row => (Method: row.Groups[1].Value, Path: row.Groups[2].Value, Role: row.Groups[3].Value));

        rows.ShouldBe(
            Routes
                .Where(route => !OpenToAll.Contains(Path(route)))
                .Select(route =>
                    (Method(route), Path(route), route.Metadata.GetRequiredMetadata<IAuthorizeData>().Policy!.ToLowerInvariant())
                ),
            ignoreOrder: true
        );
    }

    /// <summary>Each route with each role, without a token and with one that is not known.</summary>
    [Fact]
    public async Task Matrix_EachRouteAndRole_LetsInWhoMay()
    {
        foreach (var route in Routes.Where(route => !OpenToAll.Contains(Path(route))))
        {
            var least = Enum.Parse<AccessRole>(route.Metadata.GetRequiredMetadata<IAuthorizeData>().Policy!);
            (await StatusAsync(route, null)).ShouldBe(HttpStatusCode.Unauthorized, Path(route));
            (await StatusAsync(route, AccessToken.Create("stranger", AccessRole.Admin).Secret)).ShouldBe(
                HttpStatusCode.Unauthorized,
                Path(route)
            );
            foreach (var (role, secret) in server.Secrets)
                ((await StatusAsync(route, secret)) is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden).ShouldBe(
                    role < least,
                    $"{role} at {Path(route)}"
                );
        }
    }

    [Fact]
    public async Task Change_ByAnOperator_IsLoggedWithNameAddressAndWhat()
    {
        using var client = server.Client(server.Secrets[AccessRole.Operator]);

        (await client.PostAsync($"/api/v1/sweeps/{server.Plan.Id}/pause", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsync("/api/v1/sweeps/ffffffff/pause", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        server.Log.All.ShouldContain(
            $"PmSFC.Web.Access.Audit Information: the-Operator at 127.0.0.1: POST /api/v1/sweeps/{server.Plan.Id}/pause: 200 "
        );
        server.Log.All.ShouldContain(
            "PmSFC.Web.Access.Audit Information: the-Operator at 127.0.0.1: POST /api/v1/sweeps/ffffffff/pause: 404 "
        );
    }

    [Fact]
    public void Open_WhatIsNoRegularFile_IsRefusedAtOnce()
    {
        using var folder = new TemporaryDirectory();
        var pipe = System.IO.Path.Combine(folder.Path, "pipe");
        ChildProcess.Run("mkfifo", pipe).ShouldSucceed();

        foreach (
            var (path, sentence) in new[]
            {
                (pipe, "is not a regular file but a named pipe; name a file of tokens"),
                (folder.Path, "is a directory"),
                (pipe + "s", "does not exist"),
            }
        )
            Should
                .Throw<BadInputException>(() => TokenFile.Open(path, TimeProvider.System, NullLogger<TokenFile>.Instance))
                .Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task Token_AddedAndRemovedWhileTheSiloRuns_HoldsWithinSeconds()
    {
        var (token, secret) = AccessToken.Create("guest", AccessRole.Viewer);
        var before = await File.ReadAllTextAsync(server.TokensFile);
        using var client = server.Client(secret);

        await File.WriteAllTextAsync(server.TokensFile, $"{before}{token}\n");
        await UntilAsync(HttpStatusCode.OK);
        await File.WriteAllTextAsync(server.TokensFile, $"{before}guest nonsense\n");
        await Eventually.Get(
            async () =>
            {
                (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(
                    HttpStatusCode.OK,
                    "a file that is being written keeps nobody out"
                );
                return server.Log.All;
            },
            log => log.Any(line => line.Contains("The tokens that were read before stay.", StringComparison.Ordinal))
        );
        (await client.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK, "nor does one that was read again");
        await File.WriteAllTextAsync(server.TokensFile, before);
        await UntilAsync(HttpStatusCode.Unauthorized);

        async Task UntilAsync(HttpStatusCode status)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while ((await client.GetAsync("/api/v1/me", patience.Token)).StatusCode != status)
                await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Requests as somebody makes them who wants to get in, or to do harm, without a token that is known.</summary>
    [Fact]
    public async Task HostileRequests_OfManyKinds_AreRefusedAndChangeNothing()
    {
        server.Sweep.ClearReceivedCalls();
        var (id, viewer) = (server.Plan.Id, server.Secrets[AccessRole.Viewer]);
        const string none = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ.";
        string[] headers =
        [
            "",
            "Authorization: Bearer",
            "Authorization: Bearer ",
            $"Authorization: Bearer {none}",
            $"Authorization: Basic {viewer}",
            $"Authorization: {viewer}",
            "Authorization: Bearer null",
            $"Authorization: Bearer {viewer[..^1]}",
            $"Authorization: Bearer {viewer}x",
            $"Authorization: Bearer {viewer.ToUpperInvariant()}",
            $"Authorization: Bearer x {viewer}",
            $"Authorization: Bearer {viewer}\r\nAuthorization: Bearer {viewer}",
            $"Authorization: Bearer {new string('a', 5_000)}",
            $"Authorization: Bearer {AccessToken.HashOf(viewer)}",
            $"X-Authorization: Bearer {viewer}",
            $"Cookie: token={viewer}",
            $"Proxy-Authorization: Bearer {viewer}",
            "X-Forwarded-User: admin",
            "X-Original-URL: /healthz/live",
        ];
        string[] targets =
        [
            $"POST /api/v1/sweeps/{id}/cancel",
            $"POST //api/v1/sweeps/{id}/cancel",
            $"POST /API/V1/SWEEPS/{id}/CANCEL",
            $"POST /healthz/../api/v1/sweeps/{id}/cancel",
            $"POST /healthz/live/..%2f..%2fapi/v1/sweeps/{id}/cancel",
            $"POST /api/v1/sweeps/{id}/cancel?access_token={viewer}",
            $"POST /api/v1/sweeps/{id}/cancel/",
            $"GET /api/v1/sweeps/{id}/cancel",
            $"POST /api/v1/sweeps/..%2f{id}/pause",
            "GET /api/v1/sweeps/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "GET /openapi/../../etc/passwd",
            $"DELETE /api/v1/sweeps/{id}",
        ];

        var tried = 0;
        foreach (var target in targets)
        {
            foreach (var header in headers)
            {
                var answer = await AskAsync(
                    $"{target} HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nContent-Length: 0\r\n{(header.Length == 0 ? "" : header + "\r\n")}\r\n"
                );
                int.Parse(answer.Split(' ')[1], null).ShouldBeInRange(400, 499, $"{target} {header}: {answer}");
                tried++;
            }
        }

        tried.ShouldBeGreaterThan(200);
        (await server.Sweep.DidNotReceive().Cancel(Arg.Any<CancellationToken>())).ShouldBeNull();
        (await server.Sweep.DidNotReceive().Pause(Arg.Any<CancellationToken>())).ShouldBeNull();
    }

    [Theory]
    [InlineData(
        "PUT /api/v1/sweeps/{0}/priority HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n{1}\r\n{",
        "413"
    )]
    [InlineData(
        "PUT /api/v1/sweeps/{0}/priority HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9\r\n{1}\r\nnot JSON!",
        "400"
    )]
    [InlineData(
        "PUT /api/v1/sweeps/{0}/priority HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n{1}\r\n{{\"priority\":1}}",
        "415"
    )]
    [InlineData("GET /api/v1/sweeps/{0}/jobs?limit=many HTTP/1.1\r\nHost: silo\r\nConnection: close\r\n{1}\r\n", "400")]
    [InlineData("GET /api/v1/sweeps/{0}%0d%0aX-Injected:1 HTTP/1.1\r\nHost: silo\r\nConnection: close\r\n{1}\r\n", "404")]
    public async Task HostileRequests_ByAnOperator_AreRefusedWithASentence(string request, string status)
    {
        var authorization = $"Authorization: Bearer {server.Secrets[AccessRole.Operator]}\r\n";

        var answer = await AskAsync(
            request
                .Replace("{0}", server.Plan.Id, StringComparison.Ordinal)
                .Replace("{1}", authorization, StringComparison.Ordinal)
                .Replace("{{", "{", StringComparison.Ordinal)
        );

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer.ShouldContain("application/problem+json");
        answer.ShouldContain("\"detail\":\"");
        answer.ShouldNotContain("\nX-Injected");
    }

    [Fact]
    public async Task Answers_OfTheApi_AreNotKeptAndNoPage()
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);

        var answer = await client.GetAsync("/api/v1/me");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"name":"the-Viewer","role":"viewer","submissions":"accepted"}""");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    /// <summary>Runs after what the other tests have made the silo log.</summary>
    [Fact]
    public async Task Secrets_ThatWereShown_AreNotLogged()
    {
        foreach (var secret in server.Secrets.Values)
        {
            using var client = server.Client(secret);
            await client.GetAsync("/api/v1/sweeps?secret=planted");
            await client.PostAsync("/api/v1/sweeps/none/cancel", null);
        }

        server.Log.All.ShouldNotBeEmpty();
        foreach (var secret in server.Secrets.Values)
            server.Log.All.ShouldAllBe(line => !line.Contains(secret) && !line.Contains(AccessToken.HashOf(secret)));
    }

    [GeneratedRegex(@"^\| `([A-Z]+) ([^`]+)` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex DocumentRow();

    private static string Path(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.TrimStart('/');

    private static string Method(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];

    private async Task<HttpStatusCode> StatusAsync(RouteEndpoint route, string? secret)
    {
        using var client = server.Client(secret);
        var method = Method(route);
        var path = Path(route)
            .Replace("{sweep}", server.Plan.Id, StringComparison.Ordinal)
            .Replace("{job}", server.Plan.Jobs().First().Spec.Id, StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{documentName?}", "", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "PUT")
            request.Content = new StringContent("""{"priority":2}""", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private Task<string> AskAsync(string request) => RawHttp.AskAsync(server.Port, request);
}
