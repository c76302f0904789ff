using System.Text.Json;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>A <c>pmsfc --json</c> that has ended well.</summary>
internal sealed class EndedClient : ClientEvents
{
    public EndedClient(Outcome outcome)
    {
        outcome.ShouldBeDone();
        Events = outcome.JsonLines;
    }

    public override IReadOnlyList<JsonElement> Events { get; }
}
