using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.SiloHost.Web;
using PmSFC.Web.Access;

namespace PmSFC.Cluster.Tests.Web;

public sealed class MetricsPortTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly int[] _ports = Ports.Free(2);
    private readonly HttpClient _http = new();
    private WebServices? _web;

    public async Task InitializeAsync()
    {
        var (token, secret) = AccessToken.Create("anna", AccessRole.Admin);
        var file = Path.Combine(_temporary.Path, "tokens");
        await File.WriteAllTextAsync(file, $"{token}\n");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        _web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = _ports[0],
                MetricsPort = _ports[1],
                Access = new AccessSources(TokenFile.Open(file, TimeProvider.System, NullLogger<TokenFile>.Instance), null),
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        _http.Dispose();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("healthz/live", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("healthz/ready", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("metrics", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("queue", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("METRICS/", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("api/v1/me", HttpStatusCode.OK, HttpStatusCode.NotFound)]
    [InlineData("", HttpStatusCode.OK, HttpStatusCode.NotFound)]
    [InlineData("openapi/v1.json", HttpStatusCode.OK, HttpStatusCode.NotFound)]
    public async Task Ports_TwoOfThem_AnswerWhatIsTheirsAlone(string path, HttpStatusCode web, HttpStatusCode metrics)
    {
        (await StatusAsync(_ports[0], path)).ShouldBe(web);
        (await StatusAsync(_ports[1], path)).ShouldBe(metrics);
    }

    /// <summary>A caller chooses the name of the host that it asks, and its port in it.</summary>
    [Fact]
    public async Task Ports_HostHeaderOfTheOther_ChangesNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_ports[0]}/metrics")
        {
            Headers = { Host = $"127.0.0.1:{_ports[1]}" },
        };

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            "ask for /healthz/live, /healthz/ready, / for the page, or /openapi/v1.json, which has the paths of the API\n"
        );
    }

    [Fact]
    public async Task Ports_MetricsAlone_NeedNoWebPort()
    {
        var port = Ports.Free(1)[0];
        await using var alone = await WebServices.StartAsync(new WebServerOptions { Port = 0, MetricsPort = port });

        (await StatusAsync(port, "metrics")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> StatusAsync(int port, string path)
    {
        using var answer = await _http.GetAsync($"http://127.0.0.1:{port}/{path}");
        return answer.StatusCode;
    }
}
