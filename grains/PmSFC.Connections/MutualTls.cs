using System.Net.Security;
using Orleans.Connections.Security;

namespace PmSFC.Connections;

/// <summary>
/// TLS 1.2 or 1.3 on every connection between silos and from clients to gateways, where both sides show a certificate of the cluster's authority. Names in certificates are not
/// compared with addresses, which pods change: a peer that has a certificate of that authority is of the cluster, so it must be an authority of the cluster's own.
/// </summary>
public static class MutualTls
{
    // Some servers close a handshake that names no host.
    private const string TargetHost = "pmsfc";

    /// <summary>Takes and makes no connection without it.</summary>
    public static ISiloBuilder UseMutualTls(this ISiloBuilder builder, CertificateFolder certificates) =>
        builder.UseTls(options => Configure(options, certificates));

    /// <summary>Makes no connection without it.</summary>
    public static IClientBuilder UseMutualTls(this IClientBuilder builder, CertificateFolder certificates) =>
        builder.UseTls(options => Configure(options, certificates));

    private static void Configure(TlsOptions options, CertificateFolder certificates)
    {
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (_, _, problems) =>
            (problems & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        // The builder asks for one of its own kinds of certificate; the handshakes below use what the folder holds at that moment instead.
        options.LocalServerCertificateSelector = (_, _) => certificates.Identity.Leaf;
        options.OnAuthenticateAsServer = (_, server) =>
        {
            var (handshake, identity) = ((SslServerAuthenticationOptions)server.SslServerAuthenticationOptions, certificates.Identity);
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = identity.Shown;
            handshake.CertificateChainPolicy = identity.Policy();
        };
        options.OnAuthenticateAsClient = (_, client) =>
        {
            var (handshake, identity) = ((SslClientAuthenticationOptions)client.SslClientAuthenticationOptions, certificates.Identity);
            handshake.TargetHost = TargetHost;
            handshake.ClientCertificateContext = identity.Shown;
            handshake.CertificateChainPolicy = identity.Policy();
        };
    }
}
