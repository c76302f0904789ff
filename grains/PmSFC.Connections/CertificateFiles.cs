using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Imaging.Files;
using PmSFC.Wording;

namespace PmSFC.Connections;

/// <summary>The texts of a folder's files.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Certificate">The certificate and what stands between it and its authority, PEM.</param>
/// <param name="Key">Its private key, PEM.</param>
/// <param name="Authority">The authorities of the cluster, PEM; null for a server whose callers show no certificate.</param>
internal sealed record CertificateFiles(string Folder, string Certificate, string Key, string? Authority)
{
    private const long MostBytes = 1 << 20;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1",
        ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Tells whether a file has changed.</summary>
    public byte[] Digest { get; } = SHA256.HashData(Encoding.UTF8.GetBytes($"{Certificate}\0{Key}\0{Authority}"));

    /// <summary>Reads those of a peer of the cluster.</summary>
    /// <exception cref="BadInputException">There is no such folder, or a file of it cannot be read.</exception>
    public static CertificateFiles Read(string folder)
    {
        RequireFolder(folder, $"{CertificateFolder.CertificateFile}, {CertificateFolder.KeyFile} and {CertificateFolder.AuthorityFile}");
        return new(
            folder,
            ReadFile(folder, CertificateFolder.CertificateFile),
            ReadFile(folder, CertificateFolder.KeyFile),
            ReadFile(folder, CertificateFolder.AuthorityFile)
        );
    }

    /// <summary>Reads those of a server whose callers show no certificate; an authority that lies there too is passed over.</summary>
    /// <exception cref="BadInputException">There is no such folder, or a file of it cannot be read.</exception>
    public static CertificateFiles ReadOfServer(string folder)
    {
        RequireFolder(folder, $"{CertificateFolder.CertificateFile} and {CertificateFolder.KeyFile}");
        return new(folder, ReadFile(folder, CertificateFolder.CertificateFile), ReadFile(folder, CertificateFolder.KeyFile), null);
    }

    /// <summary>Checks that they belong together and are valid at a time.</summary>
    /// <exception cref="BadInputException">They are not.</exception>
    public PeerIdentity Parse(DateTimeOffset now)
    {
        var shown = Certificates(Certificate, CertificateFolder.CertificateFile);
        var authorities = Authority is null ? [] : Certificates(Authority, CertificateFolder.AuthorityFile);
        var leaf = WithKey();
        var isExpired = now > new DateTimeOffset(leaf.NotAfter);
        if (isExpired || now < new DateTimeOffset(leaf.NotBefore))
            throw Wrong(
                CertificateFolder.CertificateFile,
                isExpired ? $"expired at {leaf.NotAfter.ToUniversalTime():u}" : $"is not valid before {leaf.NotBefore.ToUniversalTime():u}",
                "put a valid one there, or set the clock of this machine right"
            );
        var between = new X509Certificate2Collection(shown.Skip(1).ToArray());
        if (Authority is null)
            CheckServerUse(leaf);
        else
        {
            foreach (var (use, name) in new[] { (ServerAuthentication, "serverAuth"), (ClientAuthentication, "clientAuth") })
                CheckUse(leaf, between, authorities, now, use, name);
        }

        return new PeerIdentity(leaf, SslStreamCertificateContext.Create(leaf, between, offline: true), authorities);
    }

    private static void RequireFolder(string folder, string files)
    {
        if (Directory.Exists(folder))
            return;
        var shown = ShownText.Line(folder);
        throw new BadInputException(
            $"{(File.Exists(folder) ? $"{shown} is a file, not a folder of certificates" : $"there is no folder of certificates at {shown}")}; name one that holds {files}."
        );
    }

    private static string ReadFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return Encoding.UTF8.GetString(UserFile.ReadAll(path, "a PEM file", MostBytes, "a certificate has some thousand bytes"));
        }
        catch (UserFileException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private X509Certificate2Collection Certificates(string text, string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw Wrong(file, "holds a certificate that is damaged", "put a PEM certificate there");
        }

        return certificates.Count > 0
            ? certificates
            : throw Wrong(file, "holds no certificate", "put one there as PEM, which begins with -----BEGIN CERTIFICATE-----");
    }

    private X509Certificate2 WithKey()
    {
        if (Key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw Wrong(
                CertificateFolder.KeyFile,
                "is encrypted by a password",
                "put the key there without one and protect the file by its permissions"
            );
        try
        {
            return X509Certificate2.CreateFromPem(Certificate, Key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(
                CertificateFolder.KeyFile,
                $"is not the private key of the first certificate in {CertificateFolder.CertificateFile}",
                "put the key there with which that certificate was made, as PEM"
            );
        }
    }

    // Who may sign a server's certificate is for its callers to say.
    private void CheckServerUse(X509Certificate2 leaf)
    {
        if (
            leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } uses
            && uses.EnhancedKeyUsages.Cast<Oid>().All(use => use.Value != ServerAuthentication)
        )
            throw Wrong(CertificateFolder.CertificateFile, "must not be used for serverAuth", "put a certificate of a server there");
    }

    private void CheckUse(
        X509Certificate2 leaf,
        X509Certificate2Collection between,
        X509Certificate2Collection authorities,
        DateTimeOffset now,
        string use,
        string name
    )
    {
        using var chain = new X509Chain { ChainPolicy = PeerIdentity.PolicyOf(authorities) };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (chain.Build(leaf))
            return;
        var reasons = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        throw reasons.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? Wrong(
                CertificateFolder.CertificateFile,
                $"must not be used for {name}",
                "silos and clients need certificates for serverAuth and clientAuth both"
            )
            : Wrong(
                CertificateFolder.CertificateFile,
                $"leads to no authority in {CertificateFolder.AuthorityFile} ({reasons})",
                $"put the authority's own certificate into {CertificateFolder.AuthorityFile}, and those between behind the first in {CertificateFolder.CertificateFile}"
            );
    }

    private BadInputException Wrong(string file, string what, string advice) =>
        new($"{ShownText.Line(Path.Combine(Folder, file))} {what}; {advice}.");
}
