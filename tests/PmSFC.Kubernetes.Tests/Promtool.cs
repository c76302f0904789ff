using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>Prometheus' <c>promtool</c>, of this machine or the one that <c>./test.sh</c> has put into <c>.tools</c>.</summary>
internal static class Promtool
{
    private static readonly string? s_path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append(Path.Combine(Manifests.Folder, "..", ".tools", "prometheus", "usr", "bin"))
        .Select(folder => Path.Combine(folder, "promtool"))
        .FirstOrDefault(File.Exists);

    /// <summary>Why rules cannot be checked here, or null where they can.</summary>
    public static string? Missing => s_path is null ? "promtool is neither on the PATH nor in .tools, where ./test.sh puts Debian's, so no rule and no panel is checked." : null;

    /// <summary>What it says, and whether it is content.</summary>
    public static (bool Passes, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(s_path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, output + error.Result);
    }
}
