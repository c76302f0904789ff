using System.Diagnostics;

namespace PmSFC.Testing;

/// <summary>A running service of the storage emulator.</summary>
public sealed class AzuriteService : IDisposable
{
    private const string Up = "successfully",
        Place = "listens on ";

    private readonly Process _process;

    private AzuriteService(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Why none can be started here, or null where one can.</summary>
    public static string? Missing =>
        Folder is null
            ? "Azurite is not installed: run npm install --prefix .tools --ignore-scripts azurite@3.35.0 at the repository's root."
            : null;

    private static string? Folder
    {
        get
        {
            var programs = Path.Combine(Repository.Root, ".tools", "node_modules", ".bin");
            return File.Exists(Path.Combine(programs, "azurite-blob")) ? programs : null;
        }
    }

    /// <summary>Starts the emulator of blobs.</summary>
    /// <param name="folder">Where it keeps what it has; null for one that forgets all at its end.</param>
    /// <param name="port">Where it listens; 0 for a free port.</param>
    public static AzuriteService Blobs(string? folder = null, int port = 0) =>
        Start(
            "azurite-blob",
            [
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                $"{port}",
                .. folder is null ? ["--inMemoryPersistence"] : new[] { "--location", folder },
            ]
        );

    /// <summary>Starts the emulator of tables.</summary>
    /// <param name="port">Where it listens; not 0, since it does not tell which port it has taken.</param>
    public static AzuriteService Tables(int port) =>
        Start(
            "azurite-table",
            ["--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence"],
            new UriBuilder("http", "127.0.0.1", port).Uri
        );

    /// <summary>
    /// Ends it as SIGTERM does. SIGKILL would take back what it has acknowledged, which it keeps in memory for seconds and no real store does; once that is
    /// on disk it only waits for its clients to hang up.
    /// </summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    private static AzuriteService Start(string program, string[] arguments, Uri? address = null)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Folder ?? throw new InvalidOperationException(Missing), program),
            ["--skipApiVersionCheck", "--silent", "--disableTelemetry", .. arguments]
        )
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        string line;
        do line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{program} ended before it was up.");
        while (!line.Contains(Up));
        var service = new AzuriteService(
            process,
            address ?? new Uri(line[(line.IndexOf(Place, StringComparison.Ordinal) + Place.Length)..].Trim())
        );
        AppDomain.CurrentDomain.ProcessExit += (_, _) => service.Dispose();
        return service;
    }
}
