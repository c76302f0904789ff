using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.Connections.Tests.Support;
using PmSFC.SiloHost.Web;
using PmSFC.Web.Access;

namespace PmSFC.Cluster.Tests.Api;

public sealed class OidcTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly OidcProvider _provider = server.Provider;

    public static TheoryData<string> Faults => [.. ForgedJwts.Faults];

    [Theory]
    [InlineData("RS256", "pmsfc-viewer", AccessRole.Viewer)]
    [InlineData("PS256", "pmsfc-operator", AccessRole.Operator)]
    [InlineData("ES256", "pmsfc-admin", AccessRole.Admin)]
    public async Task Jwt_OfTheProvider_LetsInByItsRole(string algorithm, string value, AccessRole role)
    {
        using var client = server.Client(_provider.Sign(_provider.Claims("anna", new[] { "other", value }), algorithm));

        (await client.GetStringAsync("/api/v1/me")).ShouldBe(
            $$"""{"name":"oidc:anna","role":"{{role.ToString().ToLowerInvariant()}}","submissions":"accepted"}"""
        );
        (await client.PostAsync($"/api/v1/sweeps/{server.Plan.Id}/pause", null)).StatusCode.ShouldBe(
            role >= AccessRole.Operator ? HttpStatusCode.OK : HttpStatusCode.Forbidden
        );
        if (role >= AccessRole.Operator)
            server.Log.All.ShouldContain(
                $"PmSFC.Web.Access.Audit Information: oidc:anna at 127.0.0.1: POST /api/v1/sweeps/{server.Plan.Id}/pause: 200 "
            );
    }

    /// <summary>A browser keeps the JWT in a cookie, and it is checked there as anywhere.</summary>
    [Fact]
    public async Task Jwt_InTheCookieOfABrowser_LetsInUntilItIsRefused()
    {
        using var client = server.Client(null);
        using var begin = new HttpRequestMessage(HttpMethod.Post, "/api/v1/session")
        {
            Headers = { Authorization = new("Bearer", _provider.Sign(_provider.Claims("bea", "pmsfc-viewer"), "ES256")) },
        };
        using (var begun = await client.SendAsync(begin))
            begun.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await client.GetStringAsync("/api/v1/me")).ShouldStartWith("""{"name":"oidc:bea",""");
        using var forged = server.Client(null);
        forged.DefaultRequestHeaders.Add("Cookie", $"pmsfc-{server.Port}={ForgedJwts.Make(_provider, "expired")}");
        (await forged.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Jwt_ThatIsNotOfTheProviderForThisClusterNow_LetsNobodyIn(string fault)
    {
        using var client = server.Client(Make(fault));

        using var answer = await client.GetAsync("/api/v1/me");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await DetailAsync(answer)).ShouldBe(
            $"Show a token that this silo knows, or a JWT of {_provider.Authority} for the audience 'pmsfc-of-the-lab', which is valid now, as 'Authorization: Bearer TOKEN'."
        );
    }

    [Theory]
    [InlineData("exp", -20)]
    [InlineData("nbf", 20)]
    public async Task Jwt_OfAClockThatDiffersByLittle_LetsIn(string claim, int seconds)
    {
        var claims = _provider.Claims("clara", "pmsfc-viewer");
        claims[claim] = OidcProvider.Seconds(seconds);

        (await StatusAsync(_provider.Sign(claims))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"other\"")]
    [InlineData("[]")]
    [InlineData("[\"PMSFC-ADMIN\", \"pmsfc-admin \", 1, null, {\"pmsfc-admin\": true}]")]
    [InlineData("{\"pmsfc-admin\": true}")]
    [InlineData("\"pmsfc-viewer pmsfc-admin\"")]
    public async Task Jwt_WithoutAKnownRole_IsForbiddenAndToldSo(string roles)
    {
        using var client = server.Client(_provider.Sign(_provider.Claims("nora", JsonDocument.Parse(roles).RootElement)));

        using var answer = await client.GetAsync("/api/v1/me");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await DetailAsync(answer)).ShouldBe(
            "oidc:nora has no role here: the claim 'roles' of the JWT has none of the values that this silo knows."
        );
    }

    [Theory]
    [InlineData("roles", """{"roles":"pmsfc-viewer"}""", AccessRole.Viewer)]
    [InlineData("roles", """{"roles":["pmsfc-viewer","pmsfc-admin","pmsfc-operator"]}""", AccessRole.Admin)]
    [InlineData("realm_access.roles", """{"realm_access":{"roles":["pmsfc-operator"]}}""", AccessRole.Operator)]
    [InlineData("resource_access.pmsfc.roles", """{"resource_access":{"pmsfc":{"roles":["pmsfc-operator"]}}}""", AccessRole.Operator)]
    [InlineData("https://lab.org/roles", """{"https://lab.org/roles":["pmsfc-viewer"]}""", AccessRole.Viewer)]
    [InlineData("realm_access.roles", """{"realm_access":["pmsfc-operator"]}""", null)]
    [InlineData("realm_access.roles", """{"realm_access":"pmsfc-operator"}""", null)]
    [InlineData("realm_access.roles", """{"roles":["pmsfc-admin"]}""", null)]
    [InlineData("email", """{"email":"pmsfc-admin","email_verified":true}""", AccessRole.Admin)]
    [InlineData("email", """{"email":"pmsfc-admin","email_verified":false}""", null)]
    [InlineData("email", """{"email":"pmsfc-admin","email_verified":"true"}""", null)]
    [InlineData("email", """{"email":"pmsfc-admin"}""", null)]
    public void RoleOf_ClaimOfAnyForm_IsTheGreatestRoleThatItGives(string claim, string claims, AccessRole? role) =>
        JwtClaims.RoleOf(JsonDocument.Parse(claims).RootElement, _provider.Options with { RoleClaim = claim }).ShouldBe(role);

    [Theory]
    [InlineData("""{"preferred_username":"anna","email":"a@lab.org","sub":"7"}""", "oidc:anna")]
    [InlineData("""{"preferred_username":"","email":"a@lab.org","sub":"7"}""", "oidc:a@lab.org")]
    [InlineData("""{"sub":"7"}""", "oidc:7")]
    [InlineData("""{"sub":7}""", null)]
    [InlineData("""{"preferred_username":"a\r\nroot at 10.0.0.1: POST"}""", "oidc:a\\r\\nroot at 10.0.0.1: POST")]
    public void NameOf_ClaimsOfAPerson_IsOneLineThatNoTokenHas(string claims, string? name) =>
        JwtClaims.NameOf(JsonDocument.Parse(claims).RootElement).ShouldBe(name);

    [Theory]
    [InlineData("a=viewer", 1)]
    [InlineData("cn=lab,ou=x=viewer", null)]
    [InlineData(" a = viewer , b@lab.org=admin,", 2)]
    [InlineData("a=b=admin", 1)]
    [InlineData("", null)]
    [InlineData("a", null)]
    [InlineData("=admin", null)]
    [InlineData("a=Admin", null)]
    [InlineData("a=0", null)]
    [InlineData("a=viewer,a=admin", null)]
    public void ReadRoles_OfAText_AreItsPairsOrNothing(string text, int? pairs) => OidcOptions.ReadRoles(text)?.Count.ShouldBe(pairs ?? -1);

    [Fact]
    public async Task Keys_ThatAreRotated_AreTakenUpAndTheOldOneGoes()
    {
        var before = _provider.Sign(_provider.Claims("rita", "pmsfc-viewer"));
        (await StatusAsync(before)).ShouldBe(HttpStatusCode.OK);

        _provider.Rotate("second");

        var after = _provider.Sign(_provider.Claims("rita", "pmsfc-viewer"));
        using var patience = new CancellationTokenSource(LongestWait);
        while (await StatusAsync(after) != HttpStatusCode.OK)
            await Task.Delay(50, patience.Token);
        (await StatusAsync(before)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Else a caller who sends nonsense makes this silo send questions to somebody.</summary>
    [Fact]
    public async Task Nonsense_HoweverMuch_MakesNoQuestionsToTheProvider()
    {
        // A server of its own: what the other tests ask for makes questions that go on after their answers.
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0]);
        await provider.StartAsync();
        await using var web = await WebServices.StartAsync(
            new WebServerOptions { Port = ports[1], Access = new AccessSources(null, provider.Options) }
        );
        using var http = new HttpClient();
        (await AskAsync(provider.Sign(provider.Claims("una", "pmsfc-viewer")))).ShouldBe(HttpStatusCode.OK);
        var before = provider.Questions;

        foreach (var fault in (string[])["none", "HS256 with the key's DER", "word of a sign-out", "encrypted", "too long"])
            (await AskAsync(ForgedJwts.Make(provider, fault))).ShouldBe(HttpStatusCode.Unauthorized);

        provider.Questions.ShouldBe(before);

        async Task<HttpStatusCode> AskAsync(string jwt)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{ports[1]}/api/v1/me")
            {
                Headers = { Authorization = new("Bearer", jwt) },
            };
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Provider_ThatCannotBeReached_IsToldToThoseWithAJwtAloneUntilItCan()
    {
        using var folder = new TemporaryDirectory();
        var (token, secret) = AccessToken.Create("ted", AccessRole.Viewer);
        var file = Path.Combine(folder.Path, "tokens");
        await File.WriteAllTextAsync(file, $"{token}\n");
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0]);
        await using var web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = ports[1],
                Access = new AccessSources(TokenFile.Open(file, TimeProvider.System, NullLogger<TokenFile>.Instance), provider.Options),
            }
        );
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[1]}") };
        var jwt = provider.Sign(provider.Claims("ann", "pmsfc-viewer"));

        using (var refused = await AskAsync(jwt))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await DetailAsync(refused)).ShouldBe($"{provider.Authority} does not tell its keys now, so no JWT can be checked; ask again.");
        }

        (await AskAsync(secret)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync("pmsfc_unknown")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await provider.StartAsync();
        using var patience = new CancellationTokenSource(LongestWait);
        while ((await AskAsync(jwt)).StatusCode != HttpStatusCode.OK)
            await Task.Delay(50, patience.Token);

        Task<HttpResponseMessage> AskAsync(string bearer) =>
            http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/me") { Headers = { Authorization = new("Bearer", bearer) } });
    }

    /// <summary>Whoever stands between the silo and the provider could give roles.</summary>
    [Fact]
    public async Task Provider_WithACertificateThatNobodyKnows_IsNotBelieved()
    {
        using var authority = new Authority();
        var (certificate, key) = authority.Sign("provider", uses: Authority.ServerUse, address: "127.0.0.1");
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0], X509Certificate2.CreateFromPem(certificate, key));
        await provider.StartAsync();
        await using var web = await WebServices.StartAsync(
            new WebServerOptions { Port = ports[1], Access = new AccessSources(null, provider.Options) }
        );
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", provider.Sign(provider.Claims("ann", "pmsfc-viewer")));

        (await http.GetAsync($"http://127.0.0.1:{ports[1]}/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        provider.Questions.ShouldBe(0);
    }

    [Fact]
    public async Task Provider_ThatNeverAnswers_HoldsCallersUpOnceAndNotOneAfterTheOther()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var provider = new OidcProvider(((IPEndPoint)silent.LocalEndpoint).Port);
        var port = Ports.Free(1)[0];
        await using var web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = port,
                Access = new AccessSources(null, provider.Options with { Patience = TimeSpan.FromSeconds(1) }),
            }
        );
        using var http = new HttpClient { Timeout = LongestWait };
        http.DefaultRequestHeaders.Authorization = new("Bearer", provider.Sign(provider.Claims("ann", "pmsfc-viewer")));
        var since = Stopwatch.GetTimestamp();

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => http.GetAsync($"http://127.0.0.1:{port}/api/v1/me")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        // One after the other they would wait for a minute at least.
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Keys_OfUnknownIds_MakeFewQuestionsHoweverMany()
    {
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0]);
        await provider.StartAsync();
        await using var web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = ports[1],
                Access = new AccessSources(null, provider.Options with { BetweenQuestions = TimeSpan.FromMinutes(1) }),
            }
        );
        using var http = new HttpClient();

        for (var i = 0; i < 20; i++)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", ForgedJwts.Make(provider, "foreign key of an unknown id"));
            (await http.GetAsync($"http://127.0.0.1:{ports[1]}/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        // Twice two: at first, and once because of them.
        provider.Questions.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Provider_WithoutAFileOfTokens_IsEnough()
    {
        var ports = Ports.Free(2);
        await using var provider = new OidcProvider(ports[0]);
        await provider.StartAsync();
        await using var web = await WebServices.StartAsync(
            new WebServerOptions { Port = ports[1], Access = new AccessSources(null, provider.Options) }
        );
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[1]}") };

        using (var refused = await http.GetAsync("/api/v1/me"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await DetailAsync(refused)).ShouldBe(
                $"Show a JWT of {provider.Authority} for the audience 'pmsfc-of-the-lab', which is valid now, as 'Authorization: Bearer JWT'."
            );
        }

        http.DefaultRequestHeaders.Authorization = new("Bearer", AccessToken.Create("x", AccessRole.Admin).Secret);
        (await http.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Authorization = new("Bearer", provider.Sign(provider.Claims("ann", "pmsfc-viewer")));
        (await http.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Log_OfWhatWasRefusedAndWhatWasNot_HasNoPartOfAJwt()
    {
        string[] shown =
        [
            _provider.Sign(_provider.Claims("lena", "pmsfc-viewer")),
            _provider.Sign(_provider.Claims("lena", "planted-role")),
            .. ForgedJwts.Faults.Select(Make).Where(jwt => jwt.Length < 5_000),
        ];
        foreach (var jwt in shown)
            await StatusAsync(jwt);

        server.Log.All.ShouldContain(line =>
            line.StartsWith(
                "PmSFC.Web.Access.JwtAuthentication Debug: A JWT is not taken: SecurityTokenExpiredException.",
                StringComparison.Ordinal
            )
        );
        foreach (var part in shown.SelectMany(jwt => jwt.Split('.')).Where(part => part.Length > 20).Append("planted-role").Append("0b5c"))
            server.Log.All.ShouldAllBe(line => !line.Contains(part));
    }

    private string Make(string fault) => ForgedJwts.Make(_provider, fault);

    private async Task<HttpStatusCode> StatusAsync(string bearer)
    {
        using var client = server.Client(bearer);
        using var answer = await client.GetAsync("/api/v1/me");
        return answer.StatusCode;
    }

    private static async Task<string?> DetailAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
}
