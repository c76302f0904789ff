using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PmSFC.Connections.Tests.Support;

/// <summary>An authority that signs certificates and writes folders as a Secret mounts them.</summary>
internal sealed class Authority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1",
        ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static readonly string[] BothUses = [ServerAuthentication, ClientAuthentication];

    public static readonly string[] ServerUse = [ServerAuthentication];

    private readonly X509Certificate2 _certificate;

    public Authority(string name = "authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(60));
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A certificate and its key, both PEM.</summary>
    public (string Certificate, string Key) Sign(
        string name,
        TimeSpan? validFor = null,
        string[]? uses = null,
        string address = "192.0.2.1"
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. (uses ?? BothUses).Select(use => new Oid(use))], critical: false)
        );
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            _certificate,
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromDays(30)),
            RandomNumberGenerator.GetBytes(8)
        );
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Writes a folder with a certificate that this authority signs.</summary>
    public string Write(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        var (certificate, key) = Sign(name);
        File.WriteAllText(Path.Combine(folder, CertificateFolder.CertificateFile), certificate);
        File.WriteAllText(Path.Combine(folder, CertificateFolder.KeyFile), key);
        File.WriteAllText(Path.Combine(folder, CertificateFolder.AuthorityFile), Pem);
        return folder;
    }

    public void Dispose() => _certificate.Dispose();
}
