using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace PmSFC.Connections;

/// <summary>What a process shows to its peers, and whose certificates it accepts from them.</summary>
/// <param name="Leaf">Its own certificate, with the private key.</param>
/// <param name="Shown">The certificate and what stands between it and the authority, as a handshake sends them.</param>
/// <param name="Authorities">The authorities; a peer belongs to the cluster where one of them has signed its certificate.</param>
internal sealed record PeerIdentity(X509Certificate2 Leaf, SslStreamCertificateContext Shown, X509Certificate2Collection Authorities)
{
    /// <summary>How a peer's certificate is checked. No authority of the machine counts, and revocation lists are not asked for: a rotated authority takes their place.</summary>
    public X509ChainPolicy Policy() => PolicyOf(Authorities);

    /// <summary>The policy that trusts these authorities alone.</summary>
    public static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
