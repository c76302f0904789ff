using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The <c>kubectl</c> of this machine, or the one that <c>./test.sh</c> has put into <c>.tools</c>.</summary>
internal abstract class Kubectl : INeed
{
    private static readonly string? Program = ChildProcess.Find("kubectl", Repository.PathOf(".tools"));

    /// <summary>The variable that names the configuration of a cluster to test on.</summary>
    public const string Variable = "PMSFC_KUBECONFIG";

    /// <summary>Why nothing can be rendered here, or null where it can.</summary>
    public static string? Missing => Program is null ? "kubectl is neither on the PATH nor in .tools, so nothing is rendered." : null;

    /// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
    public static string Render(string folder)
    {
        var (code, output, error) = ChildProcess.Run(Program!, "kustomize", folder);
        return code == 0 ? output : throw new InvalidOperationException($"kubectl kustomize {folder}: {error}");
    }

    /// <summary>What a shell's command that begins with <c>kubectl</c> makes of its input.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Pipe(string command, string input)
    {
        var (code, output, error) = Try(command, input);
        return code == 0 ? output : throw new InvalidOperationException($"{command}: {error}");
    }

    /// <summary>Runs a shell's command to its end, be that good or bad. Its cluster is the one that <c>PMSFC_KUBECONFIG</c> names.</summary>
    public static ProcessOutcome Try(string command, string input = "") => ChildProcess.Run(Shell(command), input);

    /// <summary>Starts a shell's command, on the same cluster, and does not wait for its end.</summary>
    public static Process Start(string command)
    {
        var start = Shell(command);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Shell(string command) =>
        new("/bin/sh", ["-c", command])
        {
            Environment =
            {
                ["PATH"] = $"{Path.GetDirectoryName(Program)}:{Environment.GetEnvironmentVariable("PATH")}",
                // Not the user's own, which may be a cluster that carries work.
                ["KUBECONFIG"] = Environment.GetEnvironmentVariable(Variable) ?? "/dev/null",
            },
        };
}
