using System.Globalization;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>The iterations of jobs that the silos of a cluster have executed, those of killed silos among them.</summary>
/// <param name="folder">Where the counts are.</param>
/// <param name="rest">For how long a device rests after each iteration, so that work lasts without taking the processor from other tests.</param>
internal sealed class IterationCount(string folder, TimeSpan rest = default)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>What makes a silo count.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            [StartupHook.FolderVariable] = _folder,
            [StartupHook.RestVariable] = rest.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        };

    public long Executed => Directory.GetFiles(_folder).Sum(Read);

    /// <summary>Lets each device hang in its next iteration.</summary>
    public void Hang() => File.WriteAllText(_folder + StartupHook.HangSuffix, "");

    /// <summary>Lets the devices go on.</summary>
    public void GoOn() => File.Delete(_folder + StartupHook.HangSuffix);

    /// <summary>Waits until so many were executed.</summary>
    public async Task ReachAsync(double iterations)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Executed < iterations)
            await Task.Delay(20, patience.Token);
    }

    private static long Read(string path)
    {
        // Open in a silo as well; a silo that has only just made it has not given it its length yet.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> count = stackalloc byte[sizeof(long)];
        return file.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) == count.Length ? BitConverter.ToInt64(count) : 0;
    }
}
