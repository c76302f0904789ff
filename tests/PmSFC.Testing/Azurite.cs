namespace PmSFC.Testing;

/// <summary>A Blob Storage emulator on a free port.</summary>
public sealed class Azurite : INeed, IDisposable
{
    /// <summary>The name of the emulator's documented account, which is no secret.</summary>
    public const string Account = "devstoreaccount1";

    /// <summary>The key of that account.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string? _folder;
    private AzuriteService? _service;

    /// <summary>Starts one that forgets all at its end, where it is installed.</summary>
    public Azurite()
        : this(null, Missing is null ? AzuriteService.Blobs() : null) { }

    private Azurite(string? folder, AzuriteService? service)
    {
        (_folder, _service) = (folder, service);
        Endpoint = new Uri(service?.Address ?? new Uri("http://127.0.0.1:1/"), Account);
    }

    /// <summary>Starts one that keeps what it has in a folder.</summary>
    public static Azurite In(string folder) => new(folder, AzuriteService.Blobs(folder));

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
        var blobs =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={endpoint.AbsoluteUri.TrimEnd('/')};";
        return tables is null ? blobs : $"{blobs}TableEndpoint={new Uri(tables, Account)};";
    }

    /// <summary>Stops it and starts it anew at the same address, with what it had.</summary>
    /// <param name="away">How long it is stopped.</param>
    public async Task RestartAsync(TimeSpan away)
    {
        await _service!.StopAsync();
        await Task.Delay(away);
        _service = AzuriteService.Blobs(_folder, Endpoint.Port);
    }

    /// <inheritdoc/>
    public void Dispose() => _service?.Dispose();
}
