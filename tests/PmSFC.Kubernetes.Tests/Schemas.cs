using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The schemas of Kubernetes' objects and of operators', which <c>./test.sh</c> has put into <c>.tools</c>, read by Node.js.</summary>
internal abstract class Schemas : INeed
{
    private static readonly string Modules = Repository.PathOf(".tools/node_modules");

    private static readonly string? NodeProgram = ChildProcess.Find("node");

    /// <summary>Why objects cannot be held to their schemas here, or null where they can.</summary>
    public static string? Missing =>
        Kubectl.Missing
        ?? (
            NodeProgram is null ? "Node.js is not on the PATH, so nothing is held to a schema."
            : Directory.Exists(Path.Combine(Modules, "@kubernetes-models", "keda")) ? null
            : "@kubernetes-models are not in .tools/node_modules, where ./test.sh puts them, so nothing is held to a schema."
        );

    /// <summary>What does not fit its kind's schema, a line each.</summary>
    public static string Check(string yaml)
    {
        var start = new ProcessStartInfo(NodeProgram!, [Repository.PathOf("tests/PmSFC.Kubernetes.Tests/schemas.mjs"), Modules]);
        var (code, output, error) = ChildProcess.Run(start, yaml);
        return code == 0 ? output : throw new InvalidOperationException(error);
    }
}
