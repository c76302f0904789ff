using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>The standalone dashboard of .NET Aspire, which takes telemetry and answers what it has of it.</summary>
internal sealed class AspireDashboard : INeed, IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static readonly string Executable = Path.Combine(
        typeof(AspireDashboard)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "AspireDashboard")
            .Value!,
        "Aspire.Dashboard"
    );

    private readonly Process _process;
    private readonly string _address;

    public AspireDashboard()
    {
        var ports = Ports.Free(3);
        (_address, Endpoint) = ($"http://127.0.0.1:{ports[0]}", $"http://127.0.0.1:{ports[2]}");
        // NuGet does not keep the mode of files.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Executable, File.GetUnixFileMode(Executable) | UnixFileMode.UserExecute);
        _process = Process.Start(
            new ProcessStartInfo(Executable)
            {
                WorkingDirectory = Path.GetDirectoryName(Executable),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["ASPNETCORE_URLS"] = _address,
                    ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{ports[1]}",
                    ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Endpoint,
                    ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
                    ["Dashboard__Api__Enabled"] = "true",
                    // It does not start without the data of cultures.
                    ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "false",
                },
            }
        )!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Why there is none here, or null.</summary>
    public static string? Missing =>
        File.Exists(Executable)
            ? null
            : "The dashboard of .NET Aspire is not there; set PMSFC_ASPIRE=1, also while this project is built, to fetch and run it.";

    /// <summary>Where it takes OTLP over HTTP.</summary>
    public string Endpoint { get; }

    /// <summary>Waits until it answers.</summary>
    public async Task ReadyAsync(TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await SpansAsync();
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && Stopwatch.GetElapsedTime(began) < patience)
            {
                await Task.Delay(200);
            }
        }
    }

    /// <summary>The spans that it has.</summary>
    public async Task<IReadOnlyList<Span>> SpansAsync()
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync($"{_address}/api/telemetry/traces"));
        return
        [
            .. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
            from scope in resource.GetProperty("scopeSpans").EnumerateArray()
            from span in scope.GetProperty("spans").EnumerateArray()
            select new Span(
                Text(span, "name"),
                Text(span, "traceId"),
                Text(span, "spanId"),
                Text(span, "parentSpanId"),
                span.TryGetProperty("links", out var links) && links.ValueKind == JsonValueKind.Array
                    ? [.. links.EnumerateArray().Select(link => Text(link, "traceId"))]
                    : []
            ),
        ];
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    /// <summary>A span, as the dashboard tells of it.</summary>
    internal sealed record Span(string Name, string TraceId, string SpanId, string ParentId, IReadOnlyList<string> LinkedTraces);
}
