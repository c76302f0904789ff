using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.IdentityModel.Tokens;
using PmSFC.Connections;
using PmSFC.Web.Access;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>An OpenID provider on the loopback interface, with keys that are made here, and JWTs of any kind, which are put together by hand.</summary>
/// <param name="port">Its port.</param>
/// <param name="certificate">What it shows, or null where it speaks plain HTTP.</param>
internal sealed class OidcProvider(int port, X509Certificate2? certificate = null) : IAsyncDisposable
{
    public const string Audience = "pmsfc-of-the-lab";

    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication? _web;
    private int _questions;

    public RSA Rsa { get; private set; } = RSA.Create(2048);

    public string KeyId { get; private set; } = "first";

    public string Authority => $"{(certificate is null ? "http" : "https")}://127.0.0.1:{port}/realms/lab";

    /// <summary>How often somebody asked.</summary>
    public int Questions => _questions;

    public OidcOptions Options =>
        new()
        {
            Authority = new Uri(Authority),
            Audience = Audience,
            RoleClaim = "roles",
            BetweenQuestions = TimeSpan.FromSeconds(1),
            Roles = new Dictionary<string, AccessRole>
            {
                ["pmsfc-viewer"] = AccessRole.Viewer,
                ["pmsfc-operator"] = AccessRole.Operator,
                ["pmsfc-admin"] = AccessRole.Admin,
            },
        };

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
                {
                    if (certificate is not null)
                        listen.UseHttps(
                            new TlsHandshakeCallbackOptions
                            {
                                OnConnection = _ =>
                                    ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate }),
                            }
                        );
                }));
        _web = builder.Build();
        _web.Run(context =>
        {
            Interlocked.Increment(ref _questions);
            return context.Request.Path.Value switch
            {
                "/realms/lab/.well-known/openid-configuration" => context.Response.WriteAsJsonAsync(
                    new { issuer = Authority, jwks_uri = $"{Authority}/keys" }
                ),
                "/realms/lab/keys" => context.Response.WriteAsJsonAsync(new { keys = new object[] { RsaKey(Rsa, KeyId), EcKey() } }),
                _ => Task.CompletedTask,
            };
        });
        await _web.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        Rsa.Dispose();
        _ec.Dispose();
    }

    /// <summary>Takes another key, and tells of the one before no more.</summary>
    public void Rotate(string keyId) => (Rsa, KeyId) = (RSA.Create(2048), keyId);

    /// <summary>Claims of a JWT that is valid now.</summary>
    public Dictionary<string, object?> Claims(string name, object? roles) =>
        new()
        {
            ["iss"] = Authority,
            ["aud"] = Audience,
            ["sub"] = "0b5c",
            ["preferred_username"] = name,
            ["roles"] = roles,
            ["iat"] = Seconds(-7200),
            ["nbf"] = Seconds(-7200),
            ["exp"] = Seconds(300),
        };

    public static long Seconds(double fromNow) => DateTimeOffset.UtcNow.AddSeconds(fromNow).ToUnixTimeSeconds();

    /// <summary>A JWT that the provider signs.</summary>
    public string Sign(object claims, string algorithm = "RS256", Dictionary<string, object?>? header = null) =>
        Sign(claims, algorithm, header, Rsa);

    /// <summary>A JWT that somebody signs with a key of his or her own.</summary>
    public string Sign(object claims, string algorithm, Dictionary<string, object?>? header, RSA rsa)
    {
        var text = Unsigned(
            header
                ?? new()
                {
                    ["alg"] = algorithm,
                    ["typ"] = "JWT",
                    ["kid"] = algorithm[0] == 'E' ? "ec" : KeyId,
                },
            claims
        );
        var bytes = Encoding.ASCII.GetBytes(text);
        return $"{text}.{Base64UrlEncoder.Encode(algorithm switch
        {
            "ES256" => _ec.SignData(bytes, HashAlgorithmName.SHA256),
            "PS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            _ => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        })}";
    }

    /// <summary>A JWT of HS256 with a secret that everybody knows.</summary>
    public string SignByHash(object claims, byte[] secret)
    {
        var text = Unsigned(
            new Dictionary<string, object?>
            {
                ["alg"] = "HS256",
                ["typ"] = "JWT",
                ["kid"] = KeyId,
            },
            claims
        );
        return $"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>Header and claims, without a signature.</summary>
    public static string Unsigned(object header, object claims) =>
        $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(header))}.{Base64UrlEncoder.Encode(claims as string ?? JsonSerializer.Serialize(claims))}";

    /// <summary>A key as a JWKS has it.</summary>
    public static Dictionary<string, object?> RsaKey(RSA rsa, string keyId)
    {
        var key = rsa.ExportParameters(false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = keyId,
            ["n"] = Base64UrlEncoder.Encode(key.Modulus),
            ["e"] = Base64UrlEncoder.Encode(key.Exponent),
        };
    }

    private Dictionary<string, object?> EcKey()
    {
        var key = _ec.ExportParameters(false);
        return new()
        {
            ["kty"] = "EC",
            ["use"] = "sig",
            ["crv"] = "P-256",
            ["kid"] = "ec",
            ["x"] = Base64UrlEncoder.Encode(key.Q.X),
            ["y"] = Base64UrlEncoder.Encode(key.Q.Y),
        };
    }
}
