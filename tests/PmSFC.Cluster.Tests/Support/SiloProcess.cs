using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>A silo as a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "pmsfc-silo.dll");
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly Task _reading;

    private SiloProcess(string role, int[] ports, SiloPlace place, Process process)
    {
        (Role, SiloPort, GatewayPort, WebPort, Place, _process) = (role, ports[0], ports[1], ports[2], place, process);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Its number to the kernel.</summary>
    public int ProcessId => _process.Id;

    public string Role { get; }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public int WebPort { get; }

    public SiloPlace Place { get; }

    /// <summary>How the device of this silo is called in the events of sweeps.</summary>
    public string Device => $"cpu (1 threads) on {Environment.MachineName}:{SiloPort}";

    public bool IsAlive => !_process.HasExited;

    public string Log => string.Join('\n', _lines);

    public static SiloProcess Start(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        string role,
        int[] ports,
        SiloPlace place,
        params IEnumerable<string> arguments
    )
    {
        string[] given =
        [
            .. place.Namespace is { } name ? ["netns", "exec", name, "dotnet"] : Array.Empty<string>(),
            Assembly,
            "--address",
            $"{place.Address}",
            "--role",
            role,
            "--silo-port",
            Text(ports[0]),
            "--gateway-port",
            Text(ports[1]),
            "--web-port",
            Text(ports[2]),
            "--threads",
            "1",
            .. arguments,
        ];
        var start = new ProcessStartInfo(place.Namespace is null ? "dotnet" : "ip", given)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var key in start.Environment.Keys.Where(key => key.StartsWith("PMSFC_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(key);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new SiloProcess(role, ports, place, process);
    }

    /// <summary>Asks a health endpoint; null where nothing answers.</summary>
    public async Task<HttpStatusCode?> HealthAsync(string endpoint)
    {
        try
        {
            using var answer = await Http.GetAsync($"http://{Place.Address}:{WebPort}/healthz/{endpoint}");
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Asks for another page of the web port.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await Http.GetAsync($"http://{Place.Address}:{WebPort}/{path}");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the silo is in its cluster.</summary>
    public async Task ReadyAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (await HealthAsync("ready") != HttpStatusCode.OK)
        {
            IsAlive.ShouldBeTrue(Log);
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, Log);
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until the silo is done with a job, or dead.</summary>
    public async Task SettledAsync(string job)
    {
        var began = Stopwatch.GetTimestamp();
        while (IsAlive && !_lines.Any(line => line.Contains($"{job}: ", StringComparison.Ordinal)))
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, Log);
            await Task.Delay(100);
        }
    }

    /// <summary>Waits for the process to end by itself.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> DiesAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !IsAlive;
    }

    /// <summary>Ends the process as SIGKILL does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM, or another signal.</summary>
    public void Signal(string signal = "TERM")
    {
        using var kill = Process.Start("kill", [$"-{signal}", Text(_process.Id)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        if (!await DiesAsync(patience))
            throw new TimeoutException($"The silo has not ended in {patience.TotalSeconds} s:\n{Log}");
        await _reading;
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (IsAlive)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
