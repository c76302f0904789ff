using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The schemas of Kubernetes' objects and of operators', which <c>./test.sh</c> has put into <c>.tools</c>, read by Node.js.</summary>
internal abstract class Schemas : INeed
{
    private static readonly string s_modules = Repository.PathOf(".tools/node_modules");

    private static readonly string? s_node = ChildProcess.Find("node");

    /// <summary>Why objects cannot be held to their schemas here, or null where they can.</summary>
    public static string? Missing => Kubectl.Missing
        ?? (s_node is null ? "Node.js is not on the PATH, so nothing is held to a schema."
            : Directory.Exists(Path.Combine(s_modules, "@kubernetes-models", "keda")) ? null
            : "@kubernetes-models are not in .tools/node_modules, where ./test.sh puts them, so nothing is held to a schema.");

    /// <summary>What does not fit its kind's schema, a line each.</summary>
    public static string Check(string yaml)
    {
        var start = new ProcessStartInfo(s_node!, [Repository.PathOf("tests/PmSFC.Kubernetes.Tests/schemas.mjs"), s_modules]);
        var (code, output, error) = ChildProcess.Run(start, yaml);
        return code == 0 ? output : throw new InvalidOperationException(error);
    }
}
