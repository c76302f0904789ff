using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using PmSFC.Connections;

namespace PmSFC.SiloHost.Web;

/// <summary>HTTPS with a certificate from files.</summary>
internal static class Https
{
    // 30 days. A browser that was here asks in no other way for so long, on any port of this host name, but for none below it.
    private const string StrictTransport = "max-age=2592000";

    /// <summary>Speaks TLS 1.2 or 1.3 alone. Each handshake shows what the folder holds at that moment, so a rotated certificate needs no restart.</summary>
    /// <param name="listen">The port.</param>
    /// <param name="certificate">The folder.</param>
    /// <param name="patience">How long a handshake may take.</param>
    public static void UseHttps(this ListenOptions listen, CertificateFolder certificate, TimeSpan patience) =>
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = patience,
                OnConnection = _ =>
                    ValueTask.FromResult(
                        new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificate.Shown,
                            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                            AllowRenegotiation = false,
                        }
                    ),
            }
        );

    /// <summary>Tells browsers that this host is to be asked by HTTPS alone.</summary>
    public static void UseStrictTransport(this WebApplication web) =>
        web.Use(
            (context, next) =>
            {
                context.Response.Headers.StrictTransportSecurity = StrictTransport;
                return next(context);
            }
        );
}
