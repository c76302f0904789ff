using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using PmSFC.Cluster.Tests.Support;
using PmSFC.SiloHost.Health;

namespace PmSFC.Cluster.Tests;

public sealed class HealthEndpointsTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ISiloStatusOracle _silo = Substitute.For<ISiloStatusOracle>();
    private readonly int _port = Ports.Free(1)[0];
    private readonly HttpClient _http = new();
    private readonly HealthEndpoints _health;

    public HealthEndpointsTests()
    {
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Returns(_stopping.Token);
        _health = new HealthEndpoints(_port, lifetime, _silo);
    }

    public Task InitializeAsync() => _health.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _health.StopAsync(CancellationToken.None);
        _health.Dispose();
        _http.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Ready_WhileJoiningThenActiveThenDraining_IsTrueOnlyWhileActive()
    {
        _silo.CurrentStatus.Returns(SiloStatus.Joining);
        (await StatusAsync("healthz/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        _silo.CurrentStatus.Returns(SiloStatus.Active);
        (await StatusAsync("healthz/ready?verbose")).ShouldBe(HttpStatusCode.OK);
        await _stopping.CancelAsync();
        (await StatusAsync("healthz/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await StatusAsync("healthz/live")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unknown_IsNotFound() => (await StatusAsync("")).ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("POST /healthz/live HTTP/1.1\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Nonsense_IsABadRequest_AndTheNextIsAnswered(string request)
    {
        using var client = new TcpClient("127.0.0.1", _port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

        (await new StreamReader(client.GetStream()).ReadLineAsync()).ShouldBe("HTTP/1.1 400 BadRequest");
        (await StatusAsync("healthz/live")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task CallerThatSaysNothing_HoldsNobodyUp()
    {
        using var silent = new TcpClient("127.0.0.1", _port);

        (await StatusAsync("healthz/live")).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _http.GetAsync($"http://127.0.0.1:{_port}/{path}");
        return answer.StatusCode;
    }
}
