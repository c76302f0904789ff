using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PmSFC.Kubernetes.Tests.Clusters;

/// <summary>A Service's port on this machine, by <c>kubectl port-forward</c>, until this is disposed.</summary>
internal sealed partial class ForwardedPort : IDisposable
{
    private readonly Process _process;

    /// <summary>Waits until the port is open.</summary>
    /// <exception cref="InvalidOperationException">It was not opened.</exception>
    public ForwardedPort(string space, string service, int port)
    {
        _process = Kubectl.Start($"exec kubectl -n {space} port-forward --address 127.0.0.1 service/{service} :{port}");
        var line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException(
                $"The port of the Service {service} was not forwarded: {_process.StandardError.ReadToEnd()}"
            );
        // It tells of each connection, and would block when nobody reads that.
        _ = _process.StandardOutput.ReadToEndAsync();
        Client = new HttpClient { BaseAddress = new Uri($"http://{Address().Match(line).Value}/") };
    }

    /// <summary>A client of the port.</summary>
    public HttpClient Client { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.Dispose();
    }

    [GeneratedRegex("127\\.0\\.0\\.1:[0-9]+")]
    private static partial Regex Address();
}
