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

    private readonly string? _folder;
    private AzuriteService? _service;

    /// <summary>Starts one that forgets all at its end, where it is installed.</summary>
    public Azurite()
    {
        if (Missing is null)
            _service = AzuriteService.Blobs();
        Endpoint = new Uri(_service?.Address ?? new Uri("http://127.0.0.1:1/"), Account);
    }

    /// <summary>Starts one that keeps what it has in a folder.</summary>
    internal Azurite(string folder)
    {
        _folder = folder;
        _service = AzuriteService.Blobs(folder);
        Endpoint = new Uri(_service.Address, Account);
    }

    /// <summary>Why blob tests cannot run here, or null where they can.</summary>
    public static string? Missing => AzuriteService.Missing;

    /// <summary>The account's address.</summary>
    public Uri Endpoint { get; }

    /// <summary>A name that no other container has.</summary>
    public static string FreshContainer() => $"test-{Guid.NewGuid():n}";

    /// <summary>The connection string of the account where it is reached at another address.</summary>
    /// <param name="endpoint">Of blobs.</param>
    /// <param name="tables">Of tables; null for none.</param>
    public static string ConnectionString(Uri endpoint, Uri? tables = null)
    {
        var blobs = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={endpoint.AbsoluteUri.TrimEnd('/')};";
        return tables is null ? blobs : $"{blobs}TableEndpoint={new Uri(tables, Account)};";
    }

    public BlobContainerClient Container(string name, HttpMessageHandler? handler = null, string key = Key)
    {
        var options = BlobLocation.Client();
        if (handler is not null)
            options.Transport = new HttpClientTransport(new HttpClient(handler));
        return new BlobServiceClient(Endpoint, new StorageSharedKeyCredential(Account, key), options).GetBlobContainerClient(name);
    }

    /// <summary>Stops it and starts it anew at the same address, with what it had.</summary>
    internal async Task RestartAsync(TimeSpan away)
    {
        await _service!.StopAsync();
        await Task.Delay(away);
        _service = AzuriteService.Blobs(_folder, Endpoint.Port);
    }

    public void Dispose() => _service?.Dispose();
}
