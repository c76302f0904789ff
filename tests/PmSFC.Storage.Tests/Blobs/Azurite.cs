using System.Diagnostics;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace PmSFC.Storage.Tests;

/// <summary>The Blob Storage emulator that PMSFC_AZURITE names, or one of the tests' own on a free port.</summary>
public sealed class Azurite : IDisposable
{
    // The emulator's documented account: no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Announcement = "listens on ";

    private readonly Process? _process;
    private readonly Uri _endpoint;

    public Azurite()
    {
        if (GivenEndpoint is { } given)
        {
            _endpoint = new Uri(given);
            return;
        }

        if (Program is null)
        {
            _endpoint = new Uri("http://127.0.0.1:1/");
            return;
        }

        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true };
        foreach (var argument in new[]
                 {
                     "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry", "--blobHost", "127.0.0.1",
                     "--blobPort", "0",
                 })
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        string? line;
        do
            line = _process.StandardOutput.ReadLine();
        while (line?.Contains(Announcement) == false);
        _endpoint = new Uri(
            line?[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..].Trim() + $"/{Account}");
    }

    /// <summary>Why blob tests cannot run here, or null where they can.</summary>
    public static string? Missing => GivenEndpoint is null && Program is null
        ? "Azurite is not installed: run npm install --prefix .tools azurite@3.37.0 at the repository's root, or set PMSFC_AZURITE."
        : null;

    private static string? GivenEndpoint => Environment.GetEnvironmentVariable("PMSFC_AZURITE") is { Length: > 0 } given ? given : null;

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

    /// <summary>The account's address.</summary>
    public Uri Endpoint => _endpoint;

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
        return new BlobServiceClient(_endpoint, new StorageSharedKeyCredential(Account, key), options).GetBlobContainerClient(name);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
    }
}
