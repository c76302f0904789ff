using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using NSubstitute;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cluster.Tests.Support;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>Requests by bytes. All but the forged ones come from an operator, so that what is not refused would be done.</summary>
public sealed class HostileRequestTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Change = "{\"priority\":7}";

    private static int s_operators;

    public static TheoryData<string> Forged => [.. ForgedJwts.Faults];

    /// <summary>What may be written where a route has a parameter.</summary>
    public static TheoryData<string> Parameters =>
        [
            "..%2f..%2f..%2fetc%2fpasswd",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "..%5c..%5cwindows",
            "%252e%252e%252fetc%252fpasswd",
            "%c0%ae%c0%ae%c0%af",
            "%00",
            "latest%00",
            "latest%0d%0aX-Injected:%201",
            "..;",
            "%2fetc%2fpasswd",
            "ID%2f..%2fID",
            "ID%00",
            "ID%20",
            "%20ID",
            "ID*",
            "*",
            "%25",
            "%ff%fe",
            "%3Cscript%3Ealert(1)%3C%2fscript%3E",
            "'%20or%20'1'='1",
            "$%7Bjndi:ldap:%2f%2f127.0.0.1%7D",
            "%7B%7B7*7%7D%7D",
            "%E2%80%AE",
            "CON",
            "LONG",
        ];

    /// <summary>Requests that are none, or that two readers may read in two ways; CANCEL is the path of a change, WHO the caller's header.</summary>
    public static TheoryData<string> Malformed =>
        [
            // Bytes that have no place in headers.
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX: a\0b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX: a\rb\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX a: b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX : b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHO: b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX: a\r\n folded: b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHO\x80X: b\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX\r\nContent-Length: 0\r\n\r\n",
            // Hosts.
            "POST CANCEL HTTP/1.1\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo\r\nHost: other\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: a b\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: silo/../x\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL HTTP/1.1\r\nHost: me@silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST http://otherCANCEL HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            // Lines of the request.
            "POST CANCEL HTTP/9.9\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST  CANCEL HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST\tCANCEL\tHTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "PO ST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "P\0ST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL\0 HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL\x80 HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST CANCEL#x HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST \\api\\v1\\sweeps\\ID\\cancel HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "POST * HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "CONNECT silo:443 HTTP/1.1\r\nHost: silo:443\r\nWHO\r\n",
            "TRACE CANCEL HTTP/1.1\r\nHost: silo\r\nWHO\r\n",
            "PUT CANCEL HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
            "GET CANCEL HTTP/1.1\r\nHost: silo\r\nX-HTTP-Method-Override: POST\r\nX-Method-Override: POST\r\nWHO\r\n",
            "GET CANCEL?_method=POST HTTP/1.1\r\nHost: silo\r\nWHO\r\n",
            "OPTIONS CANCEL HTTP/1.1\r\nHost: silo\r\nOrigin: https://evil.example.com\r\nAccess-Control-Request-Method: POST\r\nWHO\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
            // Ends of a body that one reader sees here and another there.
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: 5\r\nContent-Length: 14\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: 14, 14\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: -14\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: 0xe\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: 1e1\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length: 99999999999999999999\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPEContent-Length : 14\r\n\r\nCHANGE",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding : chunked\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: xchunked\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked, identity\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked, chunked\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: gzip\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: \u000bchunked\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\n-e\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\n0xe\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\ne\nCHANGE\n0\n\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\ne;a\nCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\neCHANGE\r\n0\r\n\r\n",
            "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\ne\r\nCHANGExx\r\n0\r\n\r\n",
        ];

    /// <summary>Kinds and contents of bodies that are no change of a priority.</summary>
    public static TheoryData<string, string> Bodies =>
        new()
        {
            { "text/plain", Change },
            { "text/json", "nonsense" },
            { "application/x-www-form-urlencoded", "priority=7" },
            { "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"priority\"\r\n\r\n7\r\n--x--" },
            { "application/xml", "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><priority>&y;</priority>" },
            { "application/octet-stream", Change },
            { "", Change },
            { "application/jsonx", Change },
            { "json", Change },
            { "application/json, text/plain", Change },
            { "application/json; charset=nonsense", Change },
            { "application/json; charset=utf-7", "+AHsAIg-priority+ACI:7+AH0-" },
            { "application/json", "" },
            { "application/json", "null" },
            { "application/json", "7" },
            { "application/json", "[]" },
            { "application/json", "{}" },
            { "application/json", "{\"priorty\":7}" },
            { "application/json", "{\"priority\":\"7\"}" },
            { "application/json", "{\"priority\":null}" },
            { "application/json", "{\"priority\":true}" },
            { "application/json", "{\"priority\":7.5}" },
            { "application/json", "{\"priority\":1e999}" },
            { "application/json", "{\"priority\":99999999999}" },
            { "application/json", "{\"priority\":7" },
            { "application/json", "{\"priority\":7}}" },
            { "application/json", "{'priority':7}" },
            { "application/json", "{\"priority\":0x7}" },
            { "application/json", "{\"priority\":NaN}" },
            { "application/json", "{\"priority\":[7]}" },
            { "application/json", "{\"$type\":\"System.Int32\"}" },
            { "application/json", "\xff\xfe{\0\"\0" },
            { "application/json", new string('[', 30_000) },
            { "application/json", $"{{\"priority\":{new string('[', 30_000)}" },
            { "application/json", string.Concat(Enumerable.Repeat("{\"priority\":", 5_000)) },
            { "application/json", $"{{\"priority\":{new string('9', 60_000)}}}" },
        };

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task Change_WithAForgedJwt_IsNotDone(string fault) =>
        await RefusedAsync(
            $"POST CANCEL HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nAuthorization: Bearer {ForgedJwts.Make(server.Provider, fault)}\r\nContent-Length: 0\r\n\r\n",
            401
        );

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Parameter_OfEachRoute_LeadsNowhere(string text)
    {
        var value = text.Replace("ID", server.Plan.Id, StringComparison.Ordinal)
            .Replace("LONG", new string('a', 4_000), StringComparison.Ordinal);
        foreach (var route in server.Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.Parameters.Count > 0))
        {
            var method = route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods[0];
            // One parameter at a time.
            foreach (var parameter in route.RoutePattern.Parameters)
            {
                var path =
                    "/"
                    + route
                        .RoutePattern.RawText!.TrimStart('/')
                        .Replace($"{{{parameter.Name}}}", value, StringComparison.Ordinal)
                        .Replace($"{{**{parameter.Name}}}", value, StringComparison.Ordinal)
                        .Replace("{sweep}", server.Plan.Id, StringComparison.Ordinal)
                        .Replace("{job}", server.Plan.Jobs().First().Spec.Id, StringComparison.Ordinal);
                await RefusedAsync(
                    $"{method} {path} HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHO{(method == "PUT" ? $"{Json}Content-Length: 14\r\n\r\n{Change}" : "Content-Length: 0\r\n\r\n")}",
                    400,
                    404
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Request_ThatIsNoneOrOfTwoMeanings_IsNotDone(string request) =>
        await RefusedAsync(request.Replace("WHO", "Connection: close\r\nWHO", StringComparison.Ordinal));

    /// <summary>A proxy that goes by the length believes the second request to be the body of the first.</summary>
    [Theory]
    [InlineData("Content-Length: LENGTH\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: LENGTH\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")]
    public async Task Request_HiddenBehindTwoLengths_IsNotDone(string lengths)
    {
        var hidden = "0\r\n\r\nPOST CANCEL HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOContent-Length: 0\r\n\r\n";

        var answer = await AskAsync(
            $"GET /api/v1/me HTTP/1.1\r\nHost: silo\r\nWHO{lengths.Replace("LENGTH", Fill(hidden).Length.ToString(null, null), StringComparison.Ordinal)}\r\n{hidden}"
        );

        RawHttp.Statuses(answer).Length.ShouldBeLessThanOrEqualTo(1, answer);
        NothingWasDone();
    }

    [Fact]
    public async Task Request_HiddenInABody_IsPartOfIt()
    {
        var hidden = Fill("POST CANCEL HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOContent-Length: 0\r\n\r\n");

        var answer = await AskAsync(
            $"GET /api/v1/me HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOContent-Length: {hidden.Length}\r\n\r\n{hidden}"
        );

        RawHttp.Statuses(answer).ShouldBe([200], answer);
        NothingWasDone();
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_ThatIsNoChange_IsRefusedWithASentence(string type, string body)
    {
        var answer = await RefusedAsync(
            $"PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHO{(type.Length == 0 ? "" : $"Content-Type: {type}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}",
            400,
            415
        );

        answer.ShouldContain("\"detail\":\"");
        answer.ShouldNotContain("root:");
    }

    [Theory]
    [InlineData("HEADER", "431")]
    [InlineData("HEADERS", "431")]
    [InlineData("LINE", "414")]
    [InlineData("QUERY", "414")]
    [InlineData("TOKEN", "431")]
    [InlineData("LENGTH", "413")]
    [InlineData("CHUNKS", "413")]
    public async Task Request_LargerThanAnybodyNeeds_IsRefused(string what, string status)
    {
        var chunk = $"8000\r\n{new string(' ', 0x8000)}\r\n";
        var answer = await RefusedAsync(
            what switch
            {
                "HEADER" => $"POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHOX: {new string('x', 40_000)}\r\nContent-Length: 0\r\n\r\n",
                "HEADERS" =>
                    $"POST CANCEL HTTP/1.1\r\nHost: silo\r\nWHO{string.Concat(Enumerable.Range(0, 200).Select(number => $"X-{number}: x\r\n"))}Content-Length: 0\r\n\r\n",
                "LINE" => $"POST CANCEL{new string('x', 10_000)} HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
                "QUERY" => $"POST CANCEL?x={new string('x', 10_000)} HTTP/1.1\r\nHost: silo\r\nWHOContent-Length: 0\r\n\r\n",
                "TOKEN" =>
                    $"POST CANCEL HTTP/1.1\r\nHost: silo\r\nAuthorization: Bearer {new string('a', 40_000)}\r\nContent-Length: 0\r\n\r\n",
                "LENGTH" => $"PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHO{Json}Content-Length: 70000\r\n\r\n{Change}",
                _ =>
                    $"PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHO{Json}Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}0\r\n\r\n",
            }
        );

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task Page_OfAnotherSite_IsToldNothing()
    {
        var answer = await AskAsync(
            "GET /api/v1/me HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nOrigin: https://evil.example.com\r\nWHO\r\n"
        );

        answer.ShouldStartWith("HTTP/1.1 200 ");
        answer.ShouldNotContain("Access-Control-Allow");
    }

    private string Fill(string request)
    {
        // Somebody else each time, so that nobody is refused for asking too often.
        var who =
            $"Authorization: Bearer {server.Provider.Sign(server.Provider.Claims($"operator-{Interlocked.Increment(ref s_operators)}", "pmsfc-operator"), "ES256")}\r\n";
        (string Word, string Value)[] words =
        [
            ("WHO", who),
            ("CANCEL", $"/api/v1/sweeps/{server.Plan.Id}/cancel"),
            ("PRIORITY", $"/api/v1/sweeps/{server.Plan.Id}/priority"),
            ("CHANGE", Change),
            ("TYPE", Json),
        ];

        // A word within a token is none: a signature has any letters.
        return words
            .Aggregate(request, (filled, word) => Regex.Replace(filled, $"(?<![A-Za-z0-9_.-]){word.Word}", _ => word.Value))
            .Replace("/ID/", $"/{server.Plan.Id}/", StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_WordsInAToken_AreLeft() =>
        Fill("Authorization: Bearer eyJ.aWHOb.TYPECANCEL-CHANGE_PRIORITY\r\n")
            .ShouldBe("Authorization: Bearer eyJ.aWHOb.TYPECANCEL-CHANGE_PRIORITY\r\n");

    private Task<string> AskAsync(string request)
    {
        server.Sweep.ClearReceivedCalls();
        return RawHttp.AskAsync(server.Port, Fill(request));
    }

    /// <summary>Asks, and expects that all is refused and nothing done.</summary>
    private async Task<string> RefusedAsync(string request, params int[] statuses)
    {
        var answer = await AskAsync(request);

        var told = RawHttp.Statuses(answer);
        if (statuses.Length > 0)
            told.ShouldHaveSingleItem(answer).ShouldBeOneOf(statuses);
        told.ShouldAllBe(status => status >= 400 && status <= 505 && status != 429 && status != 500, $"{request}\n{answer}");
        foreach (var leak in (string[])["\nX-Injected", "   at ", "Exception", "/etc/passwd:", "Access-Control-Allow"])
            answer.ShouldNotContain(leak, Case.Sensitive);
        NothingWasDone();
        return answer;
    }

    private void NothingWasDone()
    {
        string[] done = [.. server.Sweep.ReceivedCalls().Select(call => call.GetMethodInfo().Name)];
        done.ShouldNotContain(name =>
            name == nameof(ISweepGrain.Cancel)
            || name == nameof(ISweepGrain.Pause)
            || name == nameof(ISweepGrain.Start)
            || name == nameof(ISweepGrain.SetPriority)
        );
    }

    /// <summary>An operator may do what the requests above would do.</summary>
    [Fact]
    public async Task Change_ByTheSameOperatorInGoodForm_IsDone()
    {
        (await AskAsync("POST CANCEL HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOContent-Length: 0\r\n\r\n")).ShouldStartWith(
            "HTTP/1.1 200 "
        );
        await server.Sweep.Received().Cancel(Arg.Any<CancellationToken>());
        (
            await AskAsync("PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOTYPEContent-Length: 14\r\n\r\nCHANGE")
        ).ShouldStartWith("HTTP/1.1 200 ");
        await server.Sweep.Received().SetPriority(7, Arg.Any<CancellationToken>());
        (
            await AskAsync(
                "PUT PRIORITY HTTP/1.1\r\nHost: silo\r\nConnection: close\r\nWHOTYPETransfer-Encoding: chunked\r\n\r\ne\r\nCHANGE\r\n0\r\n\r\n"
            )
        ).ShouldStartWith("HTTP/1.1 200 ");
        await server.Sweep.Received().SetPriority(7, Arg.Any<CancellationToken>());
    }
}
