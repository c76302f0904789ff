using System.Diagnostics;

namespace PmSFC.Storage.Tests;

/// <summary>A small file system in memory, mounted over a folder.</summary>
public sealed class Tmpfs : IDisposable
{
    public Tmpfs(string parent, string options)
    {
        Path = System.IO.Path.Combine(parent, "tmpfs");
        Directory.CreateDirectory(Path);
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path).ShouldBe(0);
    }

    /// <summary>Why none can be mounted here, or null.</summary>
    public static string? Missing { get; } = Probe();

    public string Path { get; }

    public void Remount(string options) => Run("mount", "-o", $"remount,{options}", Path).ShouldBe(0);

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

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
