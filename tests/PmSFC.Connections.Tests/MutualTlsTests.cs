using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;
using PmSFC.Connections.Tests.Support;

namespace PmSFC.Connections.Tests;

/// <summary>A silo with certificates, on loopback, and what connects to it.</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _temporary = new();
    private readonly Authority _authority = new(),
        _foreign = new("foreign");
    private readonly int[] _ports = Ports.Free(4);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private string _siloFolder = "";
    private IHost _silo = null!;

    public async Task InitializeAsync()
    {
        _siloFolder = _authority.Write(At("silo"), "silo");
        _silo = Silo(_ports[0], _ports[1], _siloFolder);
        await _silo.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync(_silo);
        _authority.Dispose();
        _foreign.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Client_WithCertificateOfTheAuthority_IsAnswered() =>
        (await HostsAsync(_authority.Write(At("client"), "client"))).ShouldBe(1);

    [Fact]
    public async Task Client_WithoutTls_IsRefused() => await Should.ThrowAsync<ConnectionFailedException>(HostsAsync(null));

    [Fact]
    public async Task Client_WithCertificateOfAnotherAuthority_IsRefused() =>
        await Should.ThrowAsync<ConnectionFailedException>(HostsAsync(_foreign.Write(At("stranger"), "stranger")));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Port_OfSiloAndGateway_ClosesOnWhoeverIsNotOfTheCluster(int port)
    {
        var identity = Open(_authority.Write(At("probe"), "probe")).Identity;
        var stranger = Open(_foreign.Write(At("stranger"), "stranger")).Identity;

        (await IsHeldAsync(_ports[port], identity.Shown)).ShouldBeTrue("a member's connection stays open");
        (await IsHeldAsync(_ports[port], stranger.Shown)).ShouldBeFalse("a stranger's does not");
        (await IsHeldAsync(_ports[port], null)).ShouldBeFalse("nor does one without a certificate");
        (await IsPlaintextHeldAsync(_ports[port])).ShouldBeFalse("nor one without TLS");
    }

    [Fact]
    public async Task Silo_WithCertificateOfTheAuthority_Joins()
    {
        using var second = Silo(_ports[2], _ports[3], _authority.Write(At("second"), "second"));
        await second.StartAsync();

        (await HostsAsync(_authority.Write(At("client"), "client"))).ShouldBe(2);
        await second.StopAsync();
    }

    [Fact]
    public async Task Certificate_Rotated_IsShownToNewConnectionsWithoutARestart()
    {
        (await ShownAsync()).ShouldBe("CN=silo");
        _authority.Write(_siloFolder, "rotated");

        // Files are read again at most once a second.
        _time.Advance(TimeSpan.FromSeconds(1));
        (await ShownAsync()).ShouldBe("CN=rotated");
        (await HostsAsync(_authority.Write(At("client"), "client"))).ShouldBe(1);
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private string At(string name) => Path.Combine(_temporary.Path, name);

    private CertificateFolder Open(string folder) => CertificateFolder.Open(folder, _time, NullLogger<CertificateFolder>.Instance);

    private IHost Silo(int siloPort, int gatewayPort, string folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo =>
            silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, _ports[0]), "tls", "tls")
                .UseMutualTls(Open(folder))
        );
        return builder.Build();
    }

    /// <summary>How many silos a client hears of.</summary>
    private async Task<int> HostsAsync(string? folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client
                .UseLocalhostClustering([_ports[1]], "tls", "tls")
                .Configure<ConnectionOptions>(connections =>
                    // Who speaks no TLS is left waiting; a handshake on a busy machine takes its time.
                    connections.OpenConnectionTimeout = folder is null ? TimeSpan.FromSeconds(1) : Patience
                )
                .UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            if (folder is not null)
                client.UseMutualTls(Open(folder));
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync().WaitAsync(Patience);
            var hosts = await host
                .Services.GetRequiredService<IGrainFactory>()
                .GetGrain<IManagementGrain>(0)
                .GetHosts(onlyActive: true)
                .WaitAsync(Patience);
            return hosts.Count;
        }
        finally
        {
            await StopAsync(host);
        }
    }

    private async Task<string> ShownAsync()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _ports[1]);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(Handshake(Open(_authority.Write(At("probe"), "probe")).Identity.Shown)).WaitAsync(Patience);
        return stream.RemoteCertificate.ShouldNotBeNull().Subject;
    }

    private static SslClientAuthenticationOptions Handshake(SslStreamCertificateContext? shown) =>
        new()
        {
            TargetHost = "anything",
            ClientCertificateContext = shown,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
        };

    /// <summary>Whether a silo still holds a connection a second after the handshake. In TLS 1.3 the client's side of it ends before the server has looked at the certificate.</summary>
    private static async Task<bool> IsHeldAsync(int port, SslStreamCertificateContext? shown)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(Handshake(shown)).WaitAsync(Patience);
            return await StaysOpenAsync(stream);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> IsPlaintextHeldAsync(int port)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = socket.GetStream();
        // Orleans' own first bytes would be a length; TLS takes them for no record of its own.
        await stream.WriteAsync(new byte[64]);
        try
        {
            return await StaysOpenAsync(stream);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> StaysOpenAsync(Stream stream)
    {
        using var second = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            return await stream.ReadAsync(new byte[1], second.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
