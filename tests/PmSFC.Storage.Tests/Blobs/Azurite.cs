using System.Diagnostics;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace PmSFC.Storage.Tests;

/// <summary>A Blob Storage emulator on a free port.</summary>
public sealed class Azurite : IDisposable
{
    // The emulator's documented account: no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Announcement = "listens on ";

    private readonly string? _folder;
    private Process? _process;

    /// <summary>Starts one that forgets all at its end, where it is installed.</summary>
    public Azurite()
    {
        if (Missing is null)
            _process = Start(["--inMemoryPersistence", "--blobPort", "0"]);
    }

    /// <summary>Starts one that keeps what it has in a folder.</summary>
    internal Azurite(string folder)
    {
        _folder = folder;
        _process = Start(["--location", folder, "--blobPort", "0"]);
    }

    /// <summary>Why blob tests cannot run here, or null where they can.</summary>
    public static string? Missing =>
        Program is null ? "Azurite is not installed: run npm install --prefix .tools azurite@3.37.0 at the repository's root." : null;

    /// <summary>The account's address.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1:1/");

    private static string? Program
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "PmSFC.Cluster.sln")))
                {
                    var program = Path.Combine(folder.FullName, ".tools", "node_modules", ".bin", "azurite-blob");
                    return File.Exists(program) ? program : null;
                }
            }

            return null;
        }
    }

    /// <summary>A name that no other container has.</summary>
    public static string FreshContainer() => $"test-{Guid.NewGuid():n}";

    /// <summary>The connection string of the account where it is reached at another address.</summary>
    public static string ConnectionString(Uri endpoint) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={endpoint.AbsoluteUri.TrimEnd('/')};";

    public BlobContainerClient Container(string name, HttpMessageHandler? handler = null, string key = Key)
    {
        var options = ArtifactStores.Client();
        if (handler is not null)
            options.Transport = new HttpClientTransport(new HttpClient(handler));
        return new BlobServiceClient(Endpoint, new StorageSharedKeyCredential(Account, key), options).GetBlobContainerClient(name);
    }

    /// <summary>
    /// Ends it as SIGTERM does and starts it anew at the same address. SIGKILL would take back what it has acknowledged, which it keeps in memory for
    /// seconds and no real store does.
    /// </summary>
    internal async Task RestartAsync(TimeSpan away)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        await Task.Delay(away);
        _process = Start(["--location", _folder!, "--blobPort", $"{Endpoint.Port}"]);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
    }

    private Process Start(string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(
            Program ?? throw new InvalidOperationException(Missing),
            ["--skipApiVersionCheck", "--silent", "--disableTelemetry", "--blobHost", "127.0.0.1", .. arguments]) { RedirectStandardOutput = true })!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        string? line;
        do
            line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Azurite ended before it listened.");
        while (!line.Contains(Announcement));
        Endpoint = new Uri(line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..].Trim() + $"/{Account}");
        return process;
    }
}
