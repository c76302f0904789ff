using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The <c>kubectl</c> of this machine, or the one that <c>./test.sh</c> has put into <c>.tools</c>.</summary>
internal static class Kubectl
{
    private static readonly string? s_path = new[] { Path.Combine(Manifests.Folder, "..", ".tools") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .Select(folder => Path.Combine(folder, "kubectl"))
        .FirstOrDefault(File.Exists);

    /// <summary>The variable that names the configuration of a cluster to test on.</summary>
    public const string Variable = "PMSFC_KUBECONFIG";

    /// <summary>Why nothing can be rendered here, or null where it can.</summary>
    public static string? Missing => s_path is null ? "kubectl is neither on the PATH nor in .tools, so nothing is rendered." : null;

    /// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
    public static string Render(string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo(s_path!, ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kubectl kustomize {folder}: {error.Result}");
    }

    /// <summary>What a shell's command that begins with <c>kubectl</c> makes of its input.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Pipe(string command, string input)
    {
        var (code, output, error) = Try(command, input);
        return code == 0 ? output : throw new InvalidOperationException($"{command}: {error}");
    }

    /// <summary>Runs a shell's command to its end, be that good or bad. Its cluster is the one that <c>PMSFC_KUBECONFIG</c> names.</summary>
    public static (int Code, string Output, string Error) Try(string command, string input = "")
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a shell's command, on the same cluster, and does not wait for its end.</summary>
    public static Process Start(string command) => Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = $"{Path.GetDirectoryName(s_path)}:{Environment.GetEnvironmentVariable("PATH")}",
                // Not the user's own, which may be a cluster that carries work.
                ["KUBECONFIG"] = Environment.GetEnvironmentVariable(Variable) ?? "/dev/null",
            },
        })!;
}
