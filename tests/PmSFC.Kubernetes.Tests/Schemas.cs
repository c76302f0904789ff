using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The schemas of Kubernetes' objects and of operators', which <c>./test.sh</c> has put into <c>.tools</c>, read by Node.js.</summary>
internal static class Schemas
{
    private static readonly string s_modules = Path.GetFullPath(Path.Combine(Manifests.Folder, "..", ".tools", "node_modules"));

    private static readonly string? s_node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "node"))
        .FirstOrDefault(File.Exists);

    /// <summary>Why objects cannot be held to their schemas here, or null where they can.</summary>
    public static string? Missing => Kubectl.Missing
        ?? (s_node is null ? "Node.js is not on the PATH, so nothing is held to a schema."
            : Directory.Exists(Path.Combine(s_modules, "@kubernetes-models", "keda")) ? null
            : "@kubernetes-models are not in .tools/node_modules, where ./test.sh puts them, so nothing is held to a schema.");

    /// <summary>What does not fit its kind's schema, a line each.</summary>
    public static string Check(string yaml)
    {
        using var process = Process.Start(
            new ProcessStartInfo(s_node!, [Path.Combine(Manifests.Folder, "..", "tests", "PmSFC.Kubernetes.Tests", "schemas.mjs"), s_modules])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(yaml);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException(error.Result);
    }
}
