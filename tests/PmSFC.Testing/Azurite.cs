namespace PmSFC.Testing;

/// <summary>A Blob Storage emulator on a free port.</summary>
public sealed class Azurite : INeed, IDisposable
{
    /// <summary>The name of the emulator's documented account, which is no secret.</summary>
    public const string Account = "devstoreaccount1";

    /// <summary>The key of that account.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // To start takes two seconds of a processor; containers keep tests apart.
    private static readonly Lazy<AzuriteService> Shared = new(() => AzuriteService.Blobs());

    private readonly string? _folder;
    private AzuriteService? _own;

    /// <summary>The one that the tests of this process share, where it is installed: it forgets all at the end of the process.</summary>
    public Azurite()
        : this(Missing is null ? Shared.Value.Address : new Uri("http://127.0.0.1:1/")) { }

    private Azurite(Uri address) => Endpoint = new Uri(address, Account);

    private Azurite(string folder, AzuriteService own)
        : this(own.Address) => (_folder, _own) = (folder, own);

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

    /// <summary>Stops one that keeps what it has, and starts it again at the same address.</summary>
    /// <param name="away">How long it is stopped.</param>
    public async Task RestartAsync(TimeSpan away)
    {
        await _own!.StopAsync();
        await Task.Delay(away);
        _own = AzuriteService.Blobs(_folder, Endpoint.Port);
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}
