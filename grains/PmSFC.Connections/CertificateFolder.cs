using System.Net.Security;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Connections;

/// <summary>
/// The certificates of a silo or client, in a folder as Kubernetes mounts a Secret of the kind <c>kubernetes.io/tls</c>: <c>tls.crt</c> (the certificate, then what stands
/// between it and the authority), <c>tls.key</c> (its private key) and <c>ca.crt</c> (the authority, or several while they change), all PEM.
/// </summary>
/// <remarks>
/// The files are read again before a connection is made or taken, at most once a second: a rotated certificate holds for every connection from then on, and those that
/// are open stay. What does not fit together, as in the middle of a change, is logged, and the certificates that were read last stay in use.
/// </remarks>
public sealed partial class CertificateFolder
{
    /// <summary>The name of the file with the certificate.</summary>
    public const string CertificateFile = "tls.crt";

    /// <summary>The name of the file with the private key.</summary>
    public const string KeyFile = "tls.key";

    /// <summary>The name of the file with the authorities.</summary>
    public const string AuthorityFile = "ca.crt";

    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly Func<string, CertificateFiles> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private PeerIdentity _identity;
    private byte[] _digest;
    private string? _problem;
    private long _lastRead;

    private CertificateFolder(string path, Func<string, CertificateFiles> read, TimeProvider time, ILogger logger)
    {
        (_path, _read, _time, _logger, _lastRead) = (path, read, time, logger, time.GetTimestamp());
        var files = read(path);
        (_identity, _digest) = (files.Parse(time.GetUtcNow()), files.Digest);
    }

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="time">The clock that tells whether a certificate has expired.</param>
    /// <param name="logger">Where changes and what is wrong with them are told.</param>
    /// <exception cref="BadInputException">A file is missing or is not what it must be, the key is another certificate's, or the authority has not signed it.</exception>
    public static CertificateFolder Open(string path, TimeProvider time, ILogger<CertificateFolder> logger) =>
        new(path, CertificateFiles.Read, time, logger);

    /// <summary>Reads a folder of a server whose callers show no certificate: <c>tls.crt</c> and <c>tls.key</c> alone, of any authority that the callers trust.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="time">The clock that tells whether a certificate has expired.</param>
    /// <param name="logger">Where changes and what is wrong with them are told.</param>
    /// <exception cref="BadInputException">A file is missing or is not what it must be, or the key is another certificate's.</exception>
    public static CertificateFolder OpenOfServer(string path, TimeProvider time, ILogger<CertificateFolder> logger) =>
        new(path, CertificateFiles.ReadOfServer, time, logger);

    /// <summary>The certificate that new connections use, and what stands between it and its authority, as a handshake sends them.</summary>
    public SslStreamCertificateContext Shown => Identity.Shown;

    /// <summary>What the files say now.</summary>
    internal PeerIdentity Identity
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_lastRead) >= BetweenReads)
                    ReadAgain();
                return _identity;
            }
        }
    }

    private void ReadAgain()
    {
        _lastRead = _time.GetTimestamp();
        try
        {
            var files = _read(_path);
            if (files.Digest.AsSpan().SequenceEqual(_digest))
                return;
            _identity = files.Parse(_time.GetUtcNow());
            (_digest, _problem) = (files.Digest, null);
            LogChanged(_logger, _path, _identity.Leaf.Subject, _identity.Leaf.NotAfter.ToUniversalTime());
        }
        catch (BadInputException e)
        {
            if (e.Message == _problem)
                return;
            _problem = e.Message;
            LogKept(_logger, e.Message, _identity.Leaf.NotAfter.ToUniversalTime());
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "The certificates in {Folder} have changed: {Subject} is valid until {Until:u}, and new connections use it."
    )]
    private static partial void LogChanged(ILogger logger, string folder, string subject, DateTime until);

    [LoggerMessage(LogLevel.Warning, "{Problem} The certificate that was read before stays in use, until {Until:u}.")]
    private static partial void LogKept(ILogger logger, string problem, DateTime until);
}
