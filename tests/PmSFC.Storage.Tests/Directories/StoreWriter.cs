using System.Diagnostics;

namespace PmSFC.Storage.Tests;

/// <summary>Another process that writes the same names to a directory store, each full of its own letter.</summary>
public sealed class StoreWriter : IDisposable
{
    public const int Names = 100;
    public const int Length = 128 << 10;

    private readonly Process _process;

    private StoreWriter(Process process) => _process = process;

    /// <summary>The artifacts that the process has told of creating, as far as its output has been read.</summary>
    public int CreatedSoFar { get; private set; }

    public static StoreWriter Start(string root, string letter) =>
        new(
            Process.Start(
                new ProcessStartInfo("dotnet", [typeof(StoreWriter).Assembly.Location, root, letter]) { RedirectStandardOutput = true }
            )!
        );

    public static async Task Main(string[] arguments)
    {
        var store = new DirectoryArtifactStore(arguments[0]);
        var content = new byte[Length];
        Array.Fill(content, (byte)arguments[1][0]);
        for (var i = 0; i < Names; i++)
            Console.WriteLine(await store.WriteOnceAsync($"race/{i:D4}", content));
    }

    /// <summary>Waits until the process has dealt with one name.</summary>
    public async Task WroteOneAsync() => Count(await _process.StandardOutput.ReadLineAsync());

    /// <summary>Ends the process as SIGKILL does.</summary>
    public void Kill()
    {
        _process.Kill();
        while (_process.StandardOutput.ReadLine() is { } line)
            Count(line);
    }

    /// <summary>Waits for the end of the process.</summary>
    public async Task<int> CreatedAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            Count(line);
        await _process.WaitForExitAsync();
        _process.ExitCode.ShouldBe(0);
        return CreatedSoFar;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Count(string? line)
    {
        if (line == nameof(WriteOutcome.Created))
            CreatedSoFar++;
    }
}
