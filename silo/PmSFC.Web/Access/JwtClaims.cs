using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PmSFC.Connections;
using PmSFC.Wording;

namespace PmSFC.Web.Access;

/// <summary>Who a JWT is about, and what he or she may do.</summary>
internal static class JwtClaims
{
    private const string EMail = "email";
    private const int MostCharacters = 128;

    /// <summary>The claims of a JWT that was found valid.</summary>
    /// <exception cref="JsonException">They are nested deeper than any provider nests them.</exception>
    public static JsonElement Of(JsonWebToken jwt) => JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload)).RootElement;

    /// <summary>A name for the log and the limit of requests, or null where there is none. It has a colon, which no name of a file of tokens has.</summary>
    public static string? NameOf(JsonElement claims)
    {
        foreach (var claim in (ReadOnlySpan<string>)["preferred_username", EMail, "sub"])
        {
            if (
                claims.TryGetProperty(claim, out var value)
                && value.ValueKind == JsonValueKind.String
                && value.GetString() is { Length: > 0 } name
            )
                return $"oidc:{ShownText.Line(name.Length > MostCharacters ? name[..MostCharacters] : name)}";
        }

        return null;
    }

    /// <summary>The greatest role that the claim of roles gives, a text or several, or null where it gives none.</summary>
    public static AccessRole? RoleOf(JsonElement claims, OidcOptions options)
    {
        // Anybody may write somebody else's address into a profile.
        if (
            options.RoleClaim == EMail
            && !(claims.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True)
        )
            return null;
        if (Find(claims, options.RoleClaim) is not { } values)
            return null;
        AccessRole? greatest = null;
        foreach (var value in values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray()] : new[] { values })
        {
            if (
                value.ValueKind == JsonValueKind.String
                && options.Roles.TryGetValue(value.GetString()!, out var role)
                && !(greatest >= role)
            )
                greatest = role;
        }

        return greatest;
    }

    // Names of claims may have dots themselves, as addresses do.
    private static JsonElement? Find(JsonElement claims, string path)
    {
        if (claims.TryGetProperty(path, out var found))
            return found;
        foreach (var name in path.Split('.'))
            if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out claims))
                return null;
        return claims;
    }
}
