using Shouldly;

namespace PmSFC.Testing;

/// <summary>A small file system in memory, mounted over a folder.</summary>
public sealed class Tmpfs : INeed, IDisposable
{
    /// <summary>Mounts one.</summary>
    /// <param name="parent">The folder that the mounted one is made in.</param>
    /// <param name="options">Of the mount, for example <c>size=2m</c>.</param>
    public Tmpfs(string parent, string options)
    {
        Path = System.IO.Path.Combine(parent, "tmpfs");
        Directory.CreateDirectory(Path);
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path).ShouldBe(0);
    }

    /// <summary>Why none can be mounted here, or null.</summary>
    public static string? Missing { get; } = Probe();

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Mounts it with other options.</summary>
    public void Remount(string options) => Run("mount", "-o", $"remount,{options}", Path).ShouldBe(0);

    /// <inheritdoc/>
    public void Dispose() => Run("umount", Path).ShouldBe(0);

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "Mounting a small file system to fill takes Linux and root.";
        using var directory = new TemporaryDirectory();
        if (Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.Path) != 0)
            return "This sandbox lets even root mount nothing.";
        Run("umount", directory.Path);
        return null;
    }

    private static int Run(string program, params string[] arguments) => ChildProcess.Run(program, arguments).ExitCode;
}
