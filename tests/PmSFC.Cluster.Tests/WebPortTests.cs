using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;

namespace PmSFC.Cluster.Tests;

/// <summary>A real silo on a directory, asked at its web port while a sweep runs.</summary>
public sealed class WebPortTests(Workshop workshop) : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Silo_WithLogsAsJson_StartsWithoutAWarningAndTellsWhatItHasToDo()
    {
        using var silo = SiloProcess.Start(
            workshop.Folder,
            new Dictionary<string, string>(Slow("web-iterations"))
            {
                ["PMSFC_SILO_SERVICE_HOST"] = "10.0.0.1",
                ["PMSFC_WEB_PORT"] = "tcp://10.0.0.1:8080",
            },
            "both",
            Ports.Free(3),
            SiloPlace.Here,
            "--cluster",
            "test",
            "--store",
            "web",
            "--lease",
            "9",
            "--log-format",
            "json"
        );
        await silo.ReadyAsync();
        (await silo.HealthAsync("live")).ShouldBe(HttpStatusCode.OK);
        (await QueueAsync(silo)).GetProperty("deviceSeconds").GetDouble().ShouldBe(0);
        Lines(silo).ShouldAllBe(line => line.GetProperty("level").GetString() == "information");

        var spec = workshop.Write(
            "web.yaml",
            "name: web\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 100000, codes: 1 }\n  - method: mganprior\n    settings: { iterations: 50000, codes: 2 }\n"
        );
        using var client = new ClientProcess(
            Pmsfc.Start(
                workshop.Folder,
                new Dictionary<string, string>(),
                [
                    "sweep",
                    "run",
                    spec,
                    "--images",
                    workshop.WritePictures("web-pictures", 2),
                    "--out",
                    "web-report",
                    "--json",
                    "--cluster",
                    "test",
                    "--store",
                    "web",
                ]
            )
        );
        await client.UntilAsync(job => job is { State: "running", Iteration: > 1 });
        var queue = await UntilMeasuredAsync(silo);

        // The images of one row together, or the first one alone where the device asked while the others were still on their way.
        queue.GetProperty("running").GetInt32().ShouldBeInRange(1, 2);
        queue.GetProperty("devices").GetInt32().ShouldBe(1);
        queue.GetProperty("runningDeviceSeconds").GetDouble().ShouldBeGreaterThan(0);
        // One row has twice the other's iterations, and the one that waits is taken to go at the rate of the one that runs.
        (queue.GetProperty("queuedDeviceSeconds").GetDouble() / queue.GetProperty("runningDeviceSeconds").GetDouble()).ShouldBeInRange(
            0.1,
            10
        );
        queue
            .GetProperty("byMemory")
            .EnumerateArray()
            .Sum(row => row.GetProperty("queuedDeviceSeconds").GetDouble())
            .ShouldBe(queue.GetProperty("queuedDeviceSeconds").GetDouble(), 0.01);
        (await silo.GetAsync("metrics")).Text.ShouldContain("pmsfc_iterations_total{");
        client.Signal("INT");
        await client.EndAsync();
        silo.Signal();

        (await silo.ExitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, silo.Log);
        Lines(silo).ShouldContain(line => line.GetProperty("message").GetString()!.Contains("takes work"));
    }

    [Fact]
    public async Task Api_OfASiloThatComputes_TellsOfASweepAndPausesIt()
    {
        var (token, secret) = AccessToken.Create("anna", AccessRole.Operator);
        using var silo = SiloProcess.Start(
            workshop.Folder,
            Slow("api-iterations"),
            "both",
            Ports.Free(3),
            SiloPlace.Here,
            "--cluster",
            "api",
            "--store",
            "api",
            "--lease",
            "9",
            "--access",
            workshop.Write("tokens", $"{token}\n")
        );
        await silo.ReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{silo.WebPort}/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        var spec = workshop.Write(
            "api.yaml",
            "name: api\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 100000, codes: 1 }\n"
        );
        using var client = new ClientProcess(
            Pmsfc.Start(
                workshop.Folder,
                new Dictionary<string, string>(),
                [
                    "sweep",
                    "run",
                    spec,
                    "--images",
                    workshop.WritePictures("api-pictures", 2),
                    "--out",
                    "api-report",
                    "--json",
                    "--cluster",
                    "api",
                    "--store",
                    "api",
                ]
            )
        );
        await client.UntilAsync(job => job is { State: "running", Iteration: > 1 });

        JsonElement sweep;
        using var patience = new CancellationTokenSource(Patience);
        while (
            (sweep = await http.GetFromJsonAsync<JsonElement>("sweeps/latest", patience.Token))
                .GetProperty("status")
                .GetProperty("running")
                .GetArrayLength() == 0
        )
            await Task.Delay(50, patience.Token);
        sweep.GetProperty("name").GetString().ShouldBe("api");
        var jobs = (await http.GetFromJsonAsync<JsonElement>("sweeps/latest/jobs?state=running")).GetProperty("jobs");
        // The images of the row together, or the first one alone where the device asked while the other was still on its way.
        jobs.GetArrayLength().ShouldBeInRange(1, 2);
        jobs.EnumerateArray().ShouldAllBe(row => row.GetProperty("job").GetProperty("device").GetString() == silo.Device);
        (await http.GetFromJsonAsync<JsonElement>("devices"))
            .GetProperty("devices")
            .EnumerateArray()
            .ShouldHaveSingleItem()
            .GetProperty("leases")
            .GetInt32()
            .ShouldBe(jobs.GetArrayLength());

        using var events = new StreamReader(await http.GetStreamAsync("sweeps/latest/events"));
        (await LineAsync(line => line.Contains("\"state\":\"running\"", StringComparison.Ordinal))).ShouldContain("picture");
        (await http.PostAsync("sweeps/latest/pause", null)).EnsureSuccessStatusCode();
        await LineAsync(line =>
            line.StartsWith("data: ", StringComparison.Ordinal) && !line.Contains("\"reason\":null", StringComparison.Ordinal)
        );
        (await http.GetFromJsonAsync<JsonElement>("sweeps/latest"))
            .GetProperty("status")
            .GetProperty("state")
            .GetString()
            .ShouldBe("paused");
        client.Signal("INT");
        await client.EndAsync();
        silo.Signal();

        (await silo.ExitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, silo.Log);
        silo.Log.ShouldContain("anna at 127.0.0.1: POST /api/v1/sweeps/latest/pause: 200");
        silo.Log.ShouldNotContain(secret);

        async Task<string> LineAsync(Predicate<string> isIt)
        {
            while (await events.ReadLineAsync(patience.Token) is { } line)
            {
                if (isIt(line))
                    return line;
            }

            throw new InvalidOperationException("the events ended");
        }
    }

    private static JsonElement[] Lines(SiloProcess silo) => [.. silo.Log.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Waits until all of the four jobs wait or run, and it is known how long each takes.</summary>
    private static Task<JsonElement> UntilMeasuredAsync(SiloProcess silo) =>
        Eventually.Get(
            () => QueueAsync(silo),
            queue =>
                queue.GetProperty("unmeasured").GetInt32() == 0
                && queue.GetProperty("running").GetInt32() > 0
                && queue.GetProperty("queued").GetInt32() + queue.GetProperty("running").GetInt32() == 4,
            Patience,
            () => silo.Log
        );

    /// <summary>A silo whose work lasts without taking the processor from other tests.</summary>
    private IReadOnlyDictionary<string, string> Slow(string folder) =>
        new IterationCount(workshop.PathOf(folder), rest: TimeSpan.FromMilliseconds(50)).Environment;

    private static async Task<JsonElement> QueueAsync(SiloProcess silo)
    {
        // On a busy machine the pool may take longer than the port waits, which then says to ask again.
        var (status, text) = await Eventually.Get(
            () => silo.GetAsync("queue"),
            answer => answer.Status != HttpStatusCode.ServiceUnavailable
        );
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
