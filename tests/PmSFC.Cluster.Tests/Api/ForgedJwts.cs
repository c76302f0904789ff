using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>JWTs that a provider never signs, or not for this cluster.</summary>
internal static class ForgedJwts
{
    private static readonly RSA Foreign = RSA.Create(2048);

    /// <summary>What is wrong with each.</summary>
    public static IReadOnlyList<string> Faults { get; } =
    [
        "expired",
        "expired for 40 s",
        "not yet valid",
        "not valid for 40 s",
        "without an end",
        "foreign issuer",
        "no issuer",
        "issuer with a slash",
        "foreign audience",
        "no audience",
        "audience in other letters",
        "foreign key",
        "foreign key of an unknown id",
        "foreign key in the header",
        "none",
        "None",
        "nOnE without a dot",
        "HS256 with the key's DER",
        "HS256 with the key's PEM",
        "HS256 with the key's modulus",
        "HS256 with nothing",
        "RS256 said to be ES256",
        "other claims",
        "other header",
        "no signature",
        "word of a sign-out",
        "nobody",
        "critical extension",
        "encrypted",
        "claims that are no JSON",
        "too long",
    ];

    /// <summary>One that would let in an admin, were it not for its fault.</summary>
    public static string Make(OidcProvider provider, string fault)
    {
        var claims = provider.Claims("eve", "pmsfc-admin");
        switch (fault)
        {
            case "expired":
                return Signed("exp", OidcProvider.Seconds(-3600));
            case "expired for 40 s":
                return Signed("exp", OidcProvider.Seconds(-40));
            case "not yet valid":
                return Signed("nbf", OidcProvider.Seconds(3600));
            case "not valid for 40 s":
                return Signed("nbf", OidcProvider.Seconds(40));
            case "without an end":
                return Signed("exp", null);
            case "foreign issuer":
                return Signed("iss", "https://evil.example.com");
            case "no issuer":
                return Signed("iss", null);
            case "issuer with a slash":
                return Signed("iss", provider.Authority + "/");
            case "foreign audience":
                return Signed("aud", "another-cluster");
            case "no audience":
                return Signed("aud", null);
            case "audience in other letters":
                return Signed("aud", OidcProvider.Audience.ToUpperInvariant());
            case "foreign key":
                return provider.Sign(claims, "RS256", null, Foreign);
            case "foreign key of an unknown id":
                return provider.Sign(claims, "RS256", Header("RS256", ("kid", "unknown")), Foreign);
            case "foreign key in the header":
                return provider.Sign(
                    claims,
                    "RS256",
                    Header("RS256", ("jwk", OidcProvider.RsaKey(Foreign, provider.KeyId)), ("jku", "http://127.0.0.1:1/keys")),
                    Foreign
                );
            case "none":
                return OidcProvider.Unsigned(Header("none"), claims) + ".";
            case "None":
                return OidcProvider.Unsigned(Header("None"), claims) + ".";
            case "nOnE without a dot":
                return OidcProvider.Unsigned(Header("nOnE"), claims);
            case "HS256 with the key's DER":
                return provider.SignByHash(claims, provider.Rsa.ExportSubjectPublicKeyInfo());
            case "HS256 with the key's PEM":
                return provider.SignByHash(claims, Encoding.ASCII.GetBytes(provider.Rsa.ExportSubjectPublicKeyInfoPem()));
            case "HS256 with the key's modulus":
                return provider.SignByHash(claims, provider.Rsa.ExportParameters(false).Modulus!);
            case "HS256 with nothing":
                return provider.SignByHash(claims, []);
            case "RS256 said to be ES256":
                return provider.Sign(claims, "RS256", Header("ES256"));
            case "other claims":
                return string.Join(
                    '.',
                    Parts(provider.Sign(provider.Claims("eve", "pmsfc-viewer"))) is [var header, _, var signature]
                        ? [header, Parts(provider.Sign(claims))[1], signature]
                        : Array.Empty<string>()
                );
            case "other header":
                return provider.Sign(claims) is var jwt
                    ? Base64UrlEncoder.Encode($$"""{"alg":"RS256","kid":"{{provider.KeyId}}"}""")
                        + jwt[jwt.IndexOf('.', StringComparison.Ordinal)..]
                    : "";
            case "no signature":
                return OidcProvider.Unsigned(Header("RS256"), claims) + ".";
            case "word of a sign-out":
                return provider.Sign(claims, "RS256", Header("RS256", ("typ", "logout+jwt")));
            case "nobody":
                foreach (var name in (string[])["sub", "preferred_username"])
                    claims.Remove(name);
                return provider.Sign(claims);
            case "critical extension":
                return provider.Sign(claims, "RS256", Header("RS256", ("crit", new[] { "b64" }), ("b64", false)));
            case "encrypted":
                return $"{Base64UrlEncoder.Encode("""{"alg":"PBES2-HS256+A128KW","enc":"A128CBC-HS256","p2c":2000000000,"p2s":"AAAA"}""")}.AAAA.AAAA.AAAA.AAAA";
            case "claims that are no JSON":
                return provider.Sign("not JSON");
            case "too long":
                return Signed("padding", new string('a', 17_000));
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }

        string Signed(string claim, object? value)
        {
            claims[claim] = value;
            if (value is null)
                claims.Remove(claim);
            return provider.Sign(claims);
        }

        Dictionary<string, object?> Header(string algorithm, params (string Name, object? Value)[] more)
        {
            var header = new Dictionary<string, object?>
            {
                ["alg"] = algorithm,
                ["typ"] = "JWT",
                ["kid"] = provider.KeyId,
            };
            foreach (var (name, value) in more)
                header[name] = value;
            return header;
        }

        static string[] Parts(string jwt) => jwt.Split('.');
    }
}
