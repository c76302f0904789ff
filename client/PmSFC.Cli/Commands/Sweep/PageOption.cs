using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>--page</c>: a live page of the run.</summary>
internal static class PageOption
{
    /// <summary>Makes the option.</summary>
    public static FlagOption Create() =>
        new("--page") { Description = "serve a live page of the run on this machine's loopback address, and print where" };

    /// <summary>Serves the page where the call asks for it.</summary>
    /// <returns>The page, or null where the call does not ask for one.</returns>
    public static async Task<LivePage?> ServeAsync(Invocation invocation, FlagOption option, ClusterSession cluster, SweepPlan plan) =>
        invocation.Value(option) ? await LivePage.ServeAsync(invocation, cluster, plan) : null;
}
