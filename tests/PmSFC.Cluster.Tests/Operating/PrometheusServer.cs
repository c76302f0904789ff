using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Kubernetes.Tests;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>
/// A Prometheus that scrapes silos every second, with the alerts of <c>k8s/</c>. A minute stands for all of their windows, and a second for what they must
/// last, so that minutes suffice for what takes an hour; their thresholds are the real ones.
/// </summary>
internal sealed partial class PrometheusServer : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append(Path.Combine(Monitoring.Manifests, "..", ".tools", "prometheus", "usr", "bin"))
        .Select(folder => Path.Combine(folder, "prometheus"))
        .FirstOrDefault(File.Exists);

    private readonly Process _process;
    private readonly string _address;

    /// <param name="folder">Where it keeps its files.</param>
    /// <param name="silos">What it scrapes.</param>
    /// <param name="others">The port of a page with the series that a Kubernetes would have.</param>
    public PrometheusServer(string folder, IEnumerable<SiloProcess> silos, int others)
    {
        Directory.CreateDirectory(folder);
        var port = Ports.Free(1)[0];
        _address = $"http://127.0.0.1:{port}";
        File.WriteAllText(Path.Combine(folder, "rules.yaml"), Shortened(Monitoring.Rules()));
        // What the operator makes of the PodMonitor, as far as expressions ask for it.
        var targets = silos.Select(silo =>
            $"      - {{ targets: [\"127.0.0.1:{silo.WebPort}\"], labels: {{ namespace: pmsfc, pod: \"{silo.Role}-{silo.SiloPort}\", app_kubernetes_io_component: {silo.Role} }} }}\n"
        );
        File.WriteAllText(
            Path.Combine(folder, "prometheus.yaml"),
            $"global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\nrule_files: [rules.yaml]\nscrape_configs:\n  - job_name: pmsfc\n    static_configs:\n{string.Concat(targets)}"
                + $"  - job_name: kubernetes\n    honor_labels: true\n    static_configs: [{{ targets: [\"127.0.0.1:{others}\"] }}]\n"
        );
        _process = Process.Start(
            new ProcessStartInfo(
                Executable!,
                [
                    $"--config.file={Path.Combine(folder, "prometheus.yaml")}",
                    $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    /// <summary>Why there is none here, or null.</summary>
    public static string? Missing =>
        Executable is null ? "prometheus is neither on the PATH nor in .tools, where ./test.sh puts Debian's." : null;

    /// <summary>How many series an expression gives now; none while the server is not up.</summary>
    public async Task<int> CountAsync(string expression)
    {
        try
        {
            var answer = JsonDocument
                .Parse(await Http.GetStringAsync($"{_address}/api/v1/query?query={Uri.EscapeDataString(expression)}"))
                .RootElement;
            return answer.GetProperty("data").GetProperty("result").GetArrayLength();
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return 0;
        }
    }

    /// <summary>The alerts that fire now.</summary>
    public async Task<IReadOnlyList<string>> FiringAsync()
    {
        var answer = JsonDocument.Parse(await Http.GetStringAsync($"{_address}/api/v1/alerts")).RootElement;
        return
        [
            .. from alert in answer.GetProperty("data").GetProperty("alerts").EnumerateArray()
            where alert.GetProperty("state").GetString() == "firing"
            select alert.GetProperty("labels").GetProperty("alertname").GetString(),
        ];
    }

    /// <summary>Waits until an alert fires.</summary>
    public async Task UntilFiringAsync(string alert, TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        while (!(await FiringAsync()).Contains(alert))
        {
            Stopwatch
                .GetElapsedTime(began)
                .ShouldBeLessThan(patience, $"{alert} does not fire; what does: {string.Join(", ", await FiringAsync())}");
            await Task.Delay(500);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Shortened(string rules) => Duration().Replace(Window().Replace(rules, "[1m]"), "for: 1s");

    [GeneratedRegex(@"\[\d+m\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"for: \d+m")]
    private static partial Regex Duration();
}
