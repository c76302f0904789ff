using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.Connections.Tests.Support;
using PmSFC.SiloHost;
using PmSFC.SiloHost.Web;

namespace PmSFC.Cluster.Tests.Web;

public sealed class WebTlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly Authority _authority = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly int _port = Ports.Free(1)[0];
    private WebServices? _web;

    private string Folder => Path.Combine(_temporary.Path, "web");

    public async Task InitializeAsync()
    {
        Write("first");
        _web = await WebServices.StartAsync(
            new WebServerOptions
            {
                Port = _port,
                Certificate = CertificateFolder.OpenOfServer(Folder, _time, NullLogger<CertificateFolder>.Instance),
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        _authority.Dispose();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("1.1", SslProtocols.Tls12)]
    [InlineData("1.1", SslProtocols.Tls13)]
    [InlineData("2.0", SslProtocols.Tls12)]
    [InlineData("2.0", SslProtocols.Tls13)]
    public async Task Web_WithACertificate_SpeaksHttpsAndTellsBrowsersSo(string version, SslProtocols protocol)
    {
        var (answer, shown) = await AskAsync(new Version(version), protocol);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Version.ShouldBe(new Version(version));
        answer.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=2592000"]);
        shown.ShouldBe("CN=first");
    }

    [Fact]
    public async Task Web_CertificateThatIsRotated_IsShownWithoutARestart()
    {
        (await AskAsync(HttpVersion.Version11, SslProtocols.None)).Shown.ShouldBe("CN=first");

        Write("second");
        _time.Advance(TimeSpan.FromSeconds(2));

        (await AskAsync(HttpVersion.Version11, SslProtocols.None)).Shown.ShouldBe("CN=second");
    }

    [Fact]
    public async Task Web_CertificateThatIsSpoiltWhileItRuns_StaysTheOneBefore()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, CertificateFolder.CertificateFile), "nothing");
        _time.Advance(TimeSpan.FromSeconds(2));

        (await AskAsync(HttpVersion.Version11, SslProtocols.None)).Shown.ShouldBe("CN=first");
    }

    [Fact]
    public async Task Web_PlainHttp_IsNotAnswered()
    {
        using var client = new TcpClient("127.0.0.1", _port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /healthz/live HTTP/1.1\r\nHost: silo\r\n\r\n"));

        var answer = "";
        try
        {
            answer = await new StreamReader(client.GetStream()).ReadToEndAsync();
        }
        catch (IOException)
        {
            // Closed at once.
        }

        answer.ShouldNotContain("HTTP/");
        answer.ShouldNotContain("live");
    }

    /// <summary>By bytes, since a client of this machine may refuse itself what the server would take.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(2, true)]
    [InlineData(1, true)]
    public async Task Web_HelloOfAnEarlierTls_IsRefused(byte minor, bool isRefused)
    {
        byte[] hello =
        [
            3,
            minor,
            .. RandomNumberGenerator.GetBytes(32),
            0, // version, random, no session
            0,
            4,
            0xc0,
            0x2b,
            0xc0,
            0x09,
            1,
            0, // ECDHE-ECDSA with AES-128 of TLS 1.2 and of 1.0, no compression
            0,
            18,
            0,
            10,
            0,
            4,
            0,
            2,
            0,
            23,
            0,
            13,
            0,
            6,
            0,
            4,
            4,
            3,
            2,
            3, // P-256; ECDSA with SHA-256 and SHA-1
        ];
        using var client = new TcpClient("127.0.0.1", _port);
        await client.GetStream().WriteAsync((byte[])[22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);
        var answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer);

        // A fatal alert 'protocol version', or the server's hello.
        (answer[0], answer[6]).ShouldBe(isRefused ? ((byte)21, (byte)70) : ((byte)22, answer[6]));
    }

    [Theory]
    [InlineData("none", "there is no folder of certificates at ")]
    [InlineData("no key", "tls.key does not exist")]
    [InlineData("other key", "tls.key is not the private key of the first certificate in tls.crt")]
    [InlineData("damaged key", "tls.key is not the private key of the first certificate in tls.crt")]
    [InlineData("key as certificate", "tls.crt holds no certificate")]
    [InlineData("expired", "tls.crt expired at ")]
    public async Task Silo_FolderThatIsWrong_IsOneSentenceWithoutTheKeyAndExitCodeTwo(string fault, string sentence)
    {
        var (certificate, key) = _authority.Sign("silo", fault == "expired" ? TimeSpan.FromHours(-1) : null, Authority.ServerUse);
        if (fault == "other key")
            key = _authority.Sign("other").Key;
        if (fault == "damaged key")
            key = key.Remove(60, 1);
        if (fault == "key as certificate")
            certificate = key;
        var folder = Path.Combine(_temporary.Path, "wrong");
        if (fault != "none")
            Write(folder, certificate, key);
        if (fault == "no key")
            File.Delete(Path.Combine(folder, CertificateFolder.KeyFile));
        using var error = new StringWriter();
        var ports = Ports.Free(3);

        (
            await SiloCommand.RunAsync(
                [
                    "--role",
                    "control",
                    "--store",
                    Path.Combine(_temporary.Path, "store"),
                    "--web-port",
                    $"{ports[0]}",
                    "--silo-port",
                    $"{ports[1]}",
                    "--gateway-port",
                    $"{ports[2]}",
                    "--web-tls",
                    folder,
                    "--log-level",
                    "trace",
                ],
                _ => null,
                TextWriter.Null,
                error
            )
        ).ShouldBe(2);

        error.ToString().ShouldContain(sentence);
        error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldEndWith(".");
        foreach (var line in key.Split('\n').Where(line => line.Length > 20 && line[0] != '-'))
            error.ToString().ShouldNotContain(line);
    }

    private void Write(string name)
    {
        var (certificate, key) = _authority.Sign(name, uses: Authority.ServerUse);
        Write(Folder, certificate, key);
    }

    private static void Write(string folder, string certificate, string key)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, CertificateFolder.CertificateFile), certificate);
        File.WriteAllText(Path.Combine(folder, CertificateFolder.KeyFile), key);
    }

    private async Task<(HttpResponseMessage Answer, string? Shown)> AskAsync(Version version, SslProtocols protocol)
    {
        string? shown = null;
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions =
                {
                    EnabledSslProtocols = protocol,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        shown = certificate?.Subject;
                        return true;
                    },
                },
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{_port}/healthz/live")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return (await client.SendAsync(request), shown);
    }
}
