namespace PmSFC.Kubernetes.Tests;

/// <summary>Prometheus' <c>promtool</c>, of this machine or the one that <c>./test.sh</c> has put into <c>.tools</c>.</summary>
internal abstract class Promtool : INeed
{
    private static readonly string? Path = ChildProcess.Find("promtool", Repository.PathOf(".tools/prometheus/usr/bin"));

    /// <summary>Why rules cannot be checked here, or null where they can.</summary>
    public static string? Missing =>
        Path is null
            ? "promtool is neither on the PATH nor in .tools, where ./test.sh puts Debian's, so no rule and no panel is checked."
            : null;

    /// <summary>What it says, and whether it is content.</summary>
    public static (bool Passes, string Output) Run(params string[] arguments)
    {
        var (code, output, error) = ChildProcess.Run(Path!, arguments);
        return (code == 0, output + error);
    }
}
