using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>
/// A real silo that works on a sweep of 10 000 jobs, asked by many at once. Spans with load and without take turns, so that what else the machine does hits both. <c>PMSFC_LOAD=1</c> runs it.
/// </summary>
public sealed class LoadTests(Workshop workshop, ITestOutputHelper output) : IClassFixture<Workshop>
{
    private const int Watchers = 200,
        ReadsASecond = 50,
        Tokens = 5,
        Images = 1_000,
        Rows = 10,
        Turns = 4;

    private static readonly TimeSpan Span = TimeSpan.FromSeconds(30),
        Patience = TimeSpan.FromMinutes(5);

    [FactNeeding<Load>]
    public async Task Api_TwoHundredWatchersAndFiftyReadsASecond_LosesNothingAndAnswersAtOnce()
    {
        var made = Enumerable.Range(0, Tokens).Select(number => AccessToken.Create($"reader-{number}", AccessRole.Operator)).ToArray();
        var clients = made.Select(one => Client(one.Secret)).ToArray();
        using var silo = SiloProcess.Start(
            workshop.Folder,
            new Dictionary<string, string>(),
            "both",
            Ports.Free(3),
            SiloPlace.Here,
            "--cluster",
            "load",
            "--store",
            "load",
            "--lease",
            "30",
            "--memory",
            "300MiB",
            "--access",
            workshop.Write("tokens", string.Concat(made.Select(one => $"{one.Token}\n")))
        );
        await silo.ReadyAsync();
        foreach (var client in clients)
            client.BaseAddress = new Uri($"http://127.0.0.1:{silo.WebPort}/api/v1/");
        var methods = string.Concat(
            Enumerable
                .Range(1, Rows)
                .Select(codes =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  - method: mganprior\n    settings: {{ iterations: 1000000, codes: {codes} }}\n"
                    )
                )
        );
        using var submitted = new ClientProcess(
            Pmsfc.Start(
                workshop.Folder,
                new Dictionary<string, string>(),
                [
                    "sweep",
                    "run",
                    workshop.Write("load.yaml", $"name: load\ngenerator: celeba64-pggan\nmethods:\n{methods}"),
                    "--images",
                    workshop.WritePictures("load-pictures", Images),
                    "--out",
                    "load-report",
                    "--json",
                    "--cluster",
                    "load",
                    "--store",
                    "load",
                ]
            )
        );
        await submitted.UntilAsync(job => job is { State: "running", Iteration: > 1 });
        submitted.Signal("INT");
        await submitted.EndAsync();
        var shown = await clients[0].GetFromJsonAsync<JsonElement>("sweeps/latest");
        var sweep = shown.GetProperty("id").GetString()!;
        shown.GetProperty("progress").GetProperty("jobs").GetInt32().ShouldBe(Rows * Images);

        // As the page does, which shows where the sweep stands and then what changes. A few want all of it.
        var since = shown.GetProperty("status").GetProperty("sequence").GetInt64();
        var watchers = Enumerable
            .Range(0, Watchers)
            .Select(number => new EventWatcher(clients[number % Tokens], sweep, number % 40 == 0 ? 0 : since))
            .ToArray();
        var (latencies, quiet, loaded, memory) = (
            new ConcurrentBag<(string What, double Milliseconds)>(),
            new List<double>(),
            new List<double>(),
            new List<double>()
        );
        var failures = new ConcurrentQueue<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            quiet.Add(await RateAsync(silo, () => Task.Delay(Span)));

            output.WriteLine($"{quiet[^1]:0.0} iterations a second without load");
            using var breaks = new CancellationTokenSource();
            var begun = new CountdownEvent(Watchers);
            var watching = watchers.Select(watcher => WatchAsync(watcher, begun, breaks.Token)).ToArray();
            begun.Wait(Patience).ShouldBeTrue("each watcher has its first event");
            output.WriteLine($"{Watchers} watchers read");
            memory.Add(Resident(silo));
            loaded.Add(await RateAsync(silo, () => ReadAsync(clients, sweep, latencies, failures)));
            memory.Add(Resident(silo));
            output.WriteLine($"{loaded[^1]:0.0} iterations a second with load, {latencies.Count} answers, {failures.Count} failures");
            // Those who began where the sweep stood have each change, and no state instead of changes.
            watchers
                .Where(watcher => watcher.IsFromTheBeginning)
                .Sum(watcher => watcher.CaughtUp)
                .ShouldBeLessThanOrEqualTo(Watchers / 40 * (Rows * Images + 10));
            watchers.Where(watcher => !watcher.IsFromTheBeginning).Sum(watcher => watcher.CaughtUp).ShouldBe(0);
            if (turn == Turns - 1)
                await CancelAsync(clients[0], sweep);
            else
                await breaks.CancelAsync();
            await Task.WhenAll(watching).WaitAsync(Patience);
        }

        var slowed = 1 - (loaded.Average() / quiet.Average());
        output.WriteLine($"iterations a second: {Text(quiet)} without load, {Text(loaded)} with it: slowed by {100 * slowed:0.0} %");
        output.WriteLine($"resident MiB at the beginning and end of each span with load: {Text(memory)}");
        output.WriteLine(
            $"{watchers.Sum(watcher => (long)watcher.Events)} numbered events and {watchers.Sum(watcher => (long)watcher.CaughtUp)} without number for {Watchers} watchers"
        );
        foreach (
            var what in latencies
                .GroupBy(one => one.What)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Append(latencies.GroupBy(_ => "all").Single())
        )
            output.WriteLine(
                $"{what.Key}: {what.Count()} answers, p50 {Share(what, 0.5):0.0} ms, p99 {Share(what, 0.99):0.0} ms, most {what.Max(one => one.Milliseconds):0.0} ms"
            );
        foreach (var failure in failures.Take(10))
            output.WriteLine(failure);
        failures.ShouldBeEmpty();
        watchers.ShouldAllBe(watcher => watcher.IsFinished && watcher.Gaps == 0);
        watchers.Min(watcher => watcher.Events).ShouldBeGreaterThan(50);
        latencies.Count.ShouldBeGreaterThan((int)(0.9 * Turns * Span.TotalSeconds * ReadsASecond));
        Share(latencies, 0.99).ShouldBeLessThan(200);
        memory[^1].ShouldBeLessThan(1.1 * memory[1]);
        // Where load, silo and sweep share two processors, they are slower for want of these.
        if (Environment.ProcessorCount >= 8)
            slowed.ShouldBeLessThan(0.02);
        silo.Signal();
        (await silo.ExitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, silo.Log);
    }

    private static async Task WatchAsync(EventWatcher watcher, CountdownEvent begun, CancellationToken cancellation)
    {
        var isFirst = 1;
        await watcher.ReadAsync(
            () =>
            {
                if (Interlocked.Exchange(ref isFirst, 0) == 1)
                    begun.Signal();
            },
            cancellation
        );
    }

    /// <summary>That of a large sweep may take longer than an answer may; it is asked for again then.</summary>
    private async Task CancelAsync(HttpClient client, string sweep)
    {
        var began = Stopwatch.GetTimestamp();
        while (await client.PostAsync($"sweeps/{sweep}/cancel", null) is { IsSuccessStatusCode: false } answer)
        {
            output.WriteLine(
                $"cancel after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
            );
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        output.WriteLine($"cancelled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    /// <summary>Asks at a steady rate, whether or not the answers before have come.</summary>
    private static async Task ReadAsync(
        HttpClient[] clients,
        string sweep,
        ConcurrentBag<(string What, double Milliseconds)> latencies,
        ConcurrentQueue<string> failures
    )
    {
        string[] paths =
        [
            $"sweeps/{sweep}",
            $"sweeps/{sweep}/jobs?limit=100",
            $"sweeps/{sweep}/jobs?state=running",
            "sweeps/latest",
            "devices",
            "queue",
            $"sweeps/{sweep}/jobs?limit=100&after=9000",
            "sweeps",
        ];
        var reads = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ReadsASecond));
        for (var number = 0; number < Span.TotalSeconds * ReadsASecond; number++)
        {
            await timer.WaitForNextTickAsync();
            reads.Add(AskAsync(clients[number % Tokens], paths[number % paths.Length]));
        }

        await Task.WhenAll(reads).WaitAsync(Patience);

        async Task AskAsync(HttpClient client, string path)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(path);
            if (!answer.IsSuccessStatusCode)
                failures.Enqueue($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            latencies.Add((path.Replace(sweep, "{sweep}", StringComparison.Ordinal), Stopwatch.GetElapsedTime(began).TotalMilliseconds));
        }
    }

    /// <summary>Iterations a second of the device while something goes on.</summary>
    private static async Task<double> RateAsync(SiloProcess silo, Func<Task> body)
    {
        var (before, began) = (await IterationsAsync(silo), Stopwatch.GetTimestamp());
        await body();
        return (await IterationsAsync(silo) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> IterationsAsync(SiloProcess silo) =>
        (await silo.GetAsync("metrics"))
            .Text.Split('\n')
            .Where(line => line.StartsWith("pmsfc_iterations_total{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Resident memory, in MiB.</summary>
    private static double Resident(SiloProcess silo) =>
        double.Parse(
            File.ReadLines($"/proc/{silo.ProcessId}/status")
                .Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    private static double Share(IEnumerable<(string What, double Milliseconds)> latencies, double share) =>
        latencies.Select(one => one.Milliseconds).Order().ToArray() is var sorted
            ? sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)]
            : 0;

    private static string Text(IEnumerable<double> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString("0.0", CultureInfo.InvariantCulture)));

    private static HttpClient Client(string secret)
    {
        var client = new HttpClient(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }
}
