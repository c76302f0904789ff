using PmSFC.Connections;
using PmSFC.Web.Access;
using PmSFC.Web.Api;

namespace PmSFC.SiloHost.Web;

/// <summary>What a silo answers over HTTP, and where.</summary>
internal sealed record WebServerOptions
{
    /// <summary>The web port, 0 for none.</summary>
    public required int Port { get; init; }

    /// <summary>A port of metrics and the queue's load apart from it, 0 where they are on the web port.</summary>
    public int MetricsPort { get; init; }

    /// <summary>What the web port shows to its callers, or null where it speaks plain HTTP.</summary>
    public CertificateFolder? Certificate { get; init; }

    /// <summary>Who may use the API, or null where there is none.</summary>
    public AccessSources? Access { get; init; }

    /// <summary>How long a caller may take for a TLS handshake, and to send a request's headers; in half of it a body must have begun to come.</summary>
    public TimeSpan HeaderPatience { get; init; } = ApiHosting.HeaderPatience;
}
