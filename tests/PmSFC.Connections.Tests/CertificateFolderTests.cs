using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Failures;
using PmSFC.Connections.Tests.Support;

namespace PmSFC.Connections.Tests;

public sealed class CertificateFolderTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly Authority _authority = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly RecordingLogger<CertificateFolder> _log = new();
    private readonly string _folder;

    public CertificateFolderTests() => _folder = _authority.Write(Path.Combine(_temporary.Path, "certificates"), "first");

    public void Dispose()
    {
        _authority.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void Open_CertificateOfTheAuthority_ShowsIt() => Open().Identity.Leaf.Subject.ShouldBe("CN=first");

    /// <summary>Public authorities give certificates of servers alone, and a Secret of one has no file of the authority.</summary>
    [Fact]
    public void OpenOfServer_CertificateOfAServerAlone_ShowsIt()
    {
        Write(Authority.ServerUse);
        File.Delete(Of(CertificateFolder.AuthorityFile));

        CertificateFolder.OpenOfServer(_folder, _time, _log).Identity.Leaf.Subject.ShouldBe("CN=server");
    }

    [Fact]
    public void OpenOfServer_CertificateOfAClient_IsRefused()
    {
        Write(["1.3.6.1.5.5.7.3.2"]);

        Should
            .Throw<BadInputException>(() => CertificateFolder.OpenOfServer(_folder, _time, _log))
            .Message.ShouldBe(
                $"{Of(CertificateFolder.CertificateFile)} must not be used for serverAuth; put a certificate of a server there."
            );
    }

    [Fact]
    public void Open_NoFolder_SaysWhatItMustHold() =>
        Refusal(Path.Combine(_temporary.Path, "nothing"))
            .ShouldBe(
                $"there is no folder of certificates at {Path.Combine(_temporary.Path, "nothing")}; name one that holds tls.crt, tls.key and ca.crt."
            );

    [Fact]
    public void Open_File_IsCalledAFile() =>
        Refusal(Of(CertificateFolder.KeyFile))
            .ShouldBe(
                $"{Of(CertificateFolder.KeyFile)} is a file, not a folder of certificates; name one that holds tls.crt, tls.key and ca.crt."
            );

    [Theory]
    [InlineData(CertificateFolder.CertificateFile)]
    [InlineData(CertificateFolder.KeyFile)]
    [InlineData(CertificateFolder.AuthorityFile)]
    public void Open_FileMissing_NamesIt(string file)
    {
        File.Delete(Of(file));

        Refusal().ShouldContain($"{Of(file)} does not exist");
    }

    [Theory]
    [InlineData(CertificateFolder.CertificateFile, "holds no certificate; put one there as PEM")]
    [InlineData(CertificateFolder.KeyFile, "is not the private key of the first certificate in tls.crt; put the key there")]
    [InlineData(CertificateFolder.AuthorityFile, "holds no certificate; put one there as PEM")]
    public void Open_FileOfSomethingElse_SaysWhatItMustBe(string file, string sentence)
    {
        File.WriteAllText(Of(file), "nothing of that kind");

        Refusal().ShouldStartWith($"{Of(file)} {sentence}");
    }

    [Theory]
    [InlineData(CertificateFolder.CertificateFile)]
    [InlineData(CertificateFolder.AuthorityFile)]
    public void Open_DamagedCertificate_SaysSo(string file)
    {
        File.WriteAllText(Of(file), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Refusal().ShouldBe($"{Of(file)} holds a certificate that is damaged; put a PEM certificate there.");
    }

    /// <summary>At its beginning, in the middle and at its end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_KeyThatIsDamaged_IsNotShown(int line)
    {
        var key = File.ReadAllLines(Of(CertificateFolder.KeyFile));
        File.WriteAllLines(
            Of(CertificateFolder.KeyFile),
            key.Select((text, number) => number == Math.Min(line, key.Length - 2) ? text[..^3] : text)
        );

        var refusal = Refusal();

        refusal.ShouldContain(CertificateFolder.KeyFile);
        foreach (var text in key.Where(text => !text.StartsWith('-')))
            refusal.ShouldNotContain(text[..Math.Min(8, text.Length)]);
    }

    [Fact]
    public void Open_KeyOfAnotherCertificate_SaysSo()
    {
        File.WriteAllText(Of(CertificateFolder.KeyFile), _authority.Sign("other").Key);

        Refusal().ShouldContain("is not the private key of the first certificate in tls.crt");
    }

    [Fact]
    public void Open_KeyWithPassword_SaysSo()
    {
        using var key = ECDsa.Create();
        File.WriteAllText(
            Of(CertificateFolder.KeyFile),
            key.ExportEncryptedPkcs8PrivateKeyPem(
                "secret",
                new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
            )
        );

        Refusal().ShouldContain("is encrypted by a password");
    }

    [Fact]
    public void Open_Expired_SaysSince()
    {
        Put(_authority.Sign("expired", TimeSpan.FromHours(-1)));

        Refusal().ShouldContain($"{Of(CertificateFolder.CertificateFile)} expired at ");
    }

    [Fact]
    public void Open_OfAnotherAuthority_SaysSo()
    {
        using var foreign = new Authority("foreign");
        Put(foreign.Sign("stranger"));

        Refusal().ShouldContain("leads to no authority in ca.crt");
    }

    [Fact]
    public void Open_ForServersAlone_SaysWhatItLacks()
    {
        Put(_authority.Sign("server", uses: Authority.ServerUse));

        Refusal().ShouldContain("must not be used for clientAuth");
    }

    [Fact]
    public void Identity_FilesChanged_FollowsWithinASecond()
    {
        var certificates = Open();
        Put(_authority.Sign("second"));

        certificates.Identity.Leaf.Subject.ShouldBe("CN=first");
        _time.Advance(TimeSpan.FromSeconds(1));
        certificates.Identity.Leaf.Subject.ShouldBe("CN=second");
        _log.Lines.ShouldHaveSingleItem().ShouldStartWith($"{LogLevel.Information}: ");
    }

    [Fact]
    public void Identity_HalfOfAChange_KeepsTheEarlierAndSaysSoOnce()
    {
        var certificates = Open();
        var (certificate, key) = _authority.Sign("second");
        File.WriteAllText(Of(CertificateFolder.CertificateFile), certificate);

        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            certificates.Identity.Leaf.Subject.ShouldBe("CN=first");
        }

        _log.Lines.ShouldHaveSingleItem().ShouldContain("The certificate that was read before stays in use");
        File.WriteAllText(Of(CertificateFolder.KeyFile), key);
        _time.Advance(TimeSpan.FromSeconds(1));
        certificates.Identity.Leaf.Subject.ShouldBe("CN=second");
    }

    [Fact]
    public void Identity_FolderGone_KeepsTheEarlier()
    {
        var certificates = Open();
        Directory.Delete(_folder, recursive: true);
        _time.Advance(TimeSpan.FromSeconds(1));

        certificates.Identity.Leaf.Subject.ShouldBe("CN=first");
    }

    private string Of(string file) => Path.Combine(_folder, file);

    private void Put((string Certificate, string Key) pair)
    {
        File.WriteAllText(Of(CertificateFolder.CertificateFile), pair.Certificate);
        File.WriteAllText(Of(CertificateFolder.KeyFile), pair.Key);
    }

    private CertificateFolder Open() => CertificateFolder.Open(_folder, _time, _log);

    private string Refusal(string? folder = null) =>
        Should
            .Throw<BadInputException>(() => CertificateFolder.Open(folder ?? _folder, _time, NullLogger<CertificateFolder>.Instance))
            .Message;

    private void Write(string[] uses)
    {
        var (certificate, key) = _authority.Sign("server", uses: uses);
        File.WriteAllText(Of(CertificateFolder.CertificateFile), certificate);
        File.WriteAllText(Of(CertificateFolder.KeyFile), key);
    }
}
