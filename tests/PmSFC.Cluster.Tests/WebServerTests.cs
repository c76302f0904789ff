using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Telemetry;
using PmSFC.SiloHost.Web;

namespace PmSFC.Cluster.Tests;

public sealed class WebServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ISiloStatusOracle _silo = Substitute.For<ISiloStatusOracle>();
    private readonly IDevicePoolGrain _pool = Substitute.For<IDevicePoolGrain>();
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private readonly DeviceHealth _devices = new();
    private readonly int _port = Ports.Free(1)[0];
    private readonly HttpClient _http = new();
    private readonly ServiceProvider _services;
    private readonly WebServer _web;

    public WebServerTests()
    {
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Returns(_stopping.Token);
        _grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).Returns(_pool);
        _services = new ServiceCollection()
            .AddSingleton(lifetime)
            .AddSingleton(_silo)
            .AddSingleton(_grains)
            .AddSingleton(_devices)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(Sdk.CreateMeterProviderBuilder().AddPmSFC().AddPrometheusExporter().Build())
            .BuildServiceProvider();
        _web = new WebServer(new WebServerOptions { Port = _port }, _services);
    }

    public Task InitializeAsync() => _web.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await _services.DisposeAsync();
        _http.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Ready_WhileJoiningThenActiveThenDraining_IsTrueOnlyWhileActive()
    {
        _silo.CurrentStatus.Returns(SiloStatus.Joining);
        (await GetAsync("healthz/ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "joining: Joining\n"));
        _silo.CurrentStatus.Returns(SiloStatus.Active);
        (await GetAsync("healthz/ready?verbose")).ShouldBe((HttpStatusCode.OK, "ready\n"));
        await _stopping.CancelAsync();
        (await GetAsync("healthz/ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "draining\n"));
        (await GetAsync("healthz/live")).ShouldBe((HttpStatusCode.OK, "live\n"));
    }

    [Fact]
    public async Task Live_DeviceThatHangs_IsFalseAndSaysWhy()
    {
        _devices.Fail("cpu has made no iteration for more than 600 s; restart the silo.");

        (await GetAsync("healthz/live")).ShouldBe(
            (HttpStatusCode.ServiceUnavailable, "cpu has made no iteration for more than 600 s; restart the silo.\n")
        );
    }

    [Fact]
    public async Task Unknown_IsNotFound() =>
        (await GetAsync("")).ShouldBe((HttpStatusCode.NotFound, "ask for /healthz/live, /healthz/ready, /metrics or /queue\n"));

    [Theory]
    [InlineData("POST /healthz/live HTTP/1.1\r\nHost: silo\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    public async Task Nonsense_IsRefused_AndTheNextIsAnswered(string request, string answer)
    {
        using var client = new TcpClient("127.0.0.1", _port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

        (await new StreamReader(client.GetStream()).ReadLineAsync()).ShouldBe(answer);
        (await GetAsync("healthz/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task CallerThatSaysNothing_HoldsNobodyUp()
    {
        using var silent = new TcpClient("127.0.0.1", _port);

        (await GetAsync("healthz/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_WithoutAnEndpointForOtlp_AreThoseOfTheProductInPrometheusForm()
    {
        PmSFCMetrics.Iterations.Add(3, new KeyValuePair<string, object?>(PmSFCMetrics.MethodAttribute, "of the web server's test"));

        var (status, text) = await GetAsync("metrics");

        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("# TYPE pmsfc_iterations_total counter");
        text.Split('\n')
            .ShouldContain(line =>
                line.StartsWith("pmsfc_iterations_total{", StringComparison.Ordinal)
                && line.Contains("pmsfc_method=\"of the web server's test\"", StringComparison.Ordinal)
                && line.Contains("} 3", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task Metrics_OfEveryInstrument_HaveTheNamesOfTheDocument()
    {
        foreach (var row in TelemetryTables.Metrics)
            Record(row);

        var (_, text) = await GetAsync("metrics");

        var families = text.Split('\n')
            .Where(line => line.StartsWith("# TYPE pmsfc_", StringComparison.Ordinal))
            .Select(line => line["# TYPE ".Length..].Trim());
        families
            .Order()
            .ShouldBe(
                TelemetryTables.Metrics.Select(row => $"{row.AtMetrics} {(row.Kind == "up-down counter" ? "gauge" : row.Kind)}").Order()
            );
        foreach (var row in TelemetryTables.Metrics)
        {
            text.Split('\n')
                .ShouldContain(
                    line =>
                        (
                            line.StartsWith($"{row.AtMetrics}{{", StringComparison.Ordinal)
                            || line.StartsWith($"{row.AtMetrics} ", StringComparison.Ordinal)
                        )
                        && row.Attributes.All(attribute => line.Contains($"{attribute.Replace('.', '_')}=\"x\"", StringComparison.Ordinal)),
                    row.Name
                );
        }
    }

    private static void Record(TelemetryTables.MetricRow row)
    {
        KeyValuePair<string, object?>[] attributes =
        [
            .. row.Attributes.Select(attribute => new KeyValuePair<string, object?>(attribute, "x")),
        ];
        var instrument = typeof(PmSFCMetrics)
            .GetProperties()
            .Select(property => property.GetValue(null))
            .OfType<Instrument>()
            .Single(instrument => instrument.Name == row.Name);
        switch (instrument)
        {
            case Counter<long> counter:
                counter.Add(1, attributes);
                break;
            case UpDownCounter<long> counter:
                counter.Add(1, attributes);
                break;
            case Gauge<double> gauge:
                gauge.Record(0.5, attributes);
                break;
            case Gauge<int> gauge:
                gauge.Record(1, attributes);
                break;
            default:
                throw new NotSupportedException(row.Name);
        }
    }

    [Fact]
    public async Task Queue_OfAPool_AddsUpItsLoadsAndHasThemByMemory()
    {
        _pool
            .GetStatus(Arg.Any<CancellationToken>())
            .Returns(Status([Load(1L << 30, 3, 1, 30.5, 4.25, 0), Load(3L << 30, 2, 0, 120, 0, 2)]));

        var answer = await QueueAsync("queue");

        answer.GetProperty("deviceSeconds").GetDouble().ShouldBe(154.75);
        answer.GetProperty("queuedDeviceSeconds").GetDouble().ShouldBe(150.5);
        answer.GetProperty("runningDeviceSeconds").GetDouble().ShouldBe(4.25);
        (answer.GetProperty("queued").GetInt32(), answer.GetProperty("running").GetInt32()).ShouldBe((5, 1));
        (
            answer.GetProperty("unmeasured").GetInt32(),
            answer.GetProperty("devices").GetInt32(),
            answer.GetProperty("busyDevices").GetInt32()
        ).ShouldBe((2, 2, 1));
        answer
            .GetProperty("byMemory")
            .EnumerateArray()
            .Select(row => row.GetRawText())
            .ShouldBe([
                """{"bytes":1073741824,"queuedDeviceSeconds":30.5,"runningDeviceSeconds":4.25,"queued":3,"running":1,"unmeasured":0}""",
                """{"bytes":3221225472,"queuedDeviceSeconds":120,"runningDeviceSeconds":0,"queued":2,"running":0,"unmeasured":2}""",
            ]);
    }

    [Theory]
    [InlineData("above=1GiB", 120)]
    [InlineData("at-most=1GiB", 34.75)]
    [InlineData("above=512MiB&at-most=3GiB", 154.75)]
    [InlineData("above=3GiB", 0)]
    public async Task Queue_ForSomeMemory_CountsThatWorkAlone(string query, double deviceSeconds)
    {
        _pool
            .GetStatus(Arg.Any<CancellationToken>())
            .Returns(Status([Load(1L << 30, 3, 1, 30.5, 4.25, 0), Load(3L << 30, 2, 0, 120, 0, 2)]));

        (await QueueAsync($"queue?{query}")).GetProperty("deviceSeconds").GetDouble().ShouldBe(deviceSeconds);
    }

    [Theory]
    [InlineData("above=much", "above is 'much', but must be an amount such as 4GiB, 1.5GB or 800MiB.\n")]
    [InlineData("over=4GiB", "/queue has no use for 'over'; it takes above and at-most, such as /queue?above=4GiB.\n")]
    public async Task Queue_QuestionWithAMistake_IsRefusedInASentence(string query, string sentence) =>
        (await GetAsync($"queue?{query}")).ShouldBe((HttpStatusCode.BadRequest, sentence));

    [Fact]
    public async Task Queue_PoolThatCannotBeAsked_IsUnavailableAndSaysWhy()
    {
        _pool.GetStatus(Arg.Any<CancellationToken>()).ThrowsAsync(new SiloUnavailableException("Silo is terminating."));
        (await GetAsync("queue")).ShouldBe(
            (
                HttpStatusCode.ServiceUnavailable,
                "the device pool cannot be reached, because this silo or the pool's joins or leaves the cluster; ask again.\n"
            )
        );

        _pool.GetStatus(Arg.Any<CancellationToken>()).ThrowsAsync(new TimeoutException());
        (await GetAsync("queue")).ShouldBe(
            (HttpStatusCode.ServiceUnavailable, "the device pool has not answered within 2 s; ask again.\n")
        );

        _pool.GetStatus(Arg.Any<CancellationToken>()).Returns(Status(null));
        (await GetAsync("queue")).ShouldBe(
            (
                HttpStatusCode.ServiceUnavailable,
                "the device pool is on a silo of an earlier version, which does not tell its load; update all silos.\n"
            )
        );

        _grains
            .GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default)
            .Throws(new ArgumentException("Could not find an implementation for interface"));
        (await GetAsync("queue")).ShouldBe(
            (
                HttpStatusCode.ServiceUnavailable,
                "no silo of the cluster hosts grains, so there is no device pool; start one with the role control or both.\n"
            )
        );
    }

    private static PoolStatus Status(ImmutableArray<PoolLoad>? loads) =>
        new()
        {
            Queued = 0,
            Leased = 0,
            OldestLease = TimeSpan.Zero,
            Loads = loads,
            Devices =
            [
                new DeviceStatus
                {
                    WorkerId = "w",
                    Device = "cpu",
                    Leases = 1,
                    LastHeard = DateTimeOffset.UnixEpoch,
                },
                new DeviceStatus
                {
                    WorkerId = "v",
                    Device = "cpu",
                    Leases = 0,
                    LastHeard = DateTimeOffset.UnixEpoch,
                },
            ],
        };

    private static PoolLoad Load(long bytes, int queued, int running, double queuedSeconds, double runningSeconds, int unmeasured) =>
        new()
        {
            BytesPerJob = bytes,
            Queued = queued,
            Running = running,
            QueuedSeconds = queuedSeconds,
            RunningSeconds = runningSeconds,
            Unmeasured = unmeasured,
        };

    private async Task<JsonElement> QueueAsync(string path)
    {
        var (status, text) = await GetAsync(path);
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await _http.GetAsync($"http://127.0.0.1:{_port}/{path}");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
