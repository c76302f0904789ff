using PmSFC.Connections;

namespace PmSFC.Web.Access;

/// <summary>An OpenID provider whose JWTs let callers in.</summary>
internal sealed record OidcOptions
{
    /// <summary>Its address, below which <c>/.well-known/openid-configuration</c> is.</summary>
    public required Uri Authority { get; init; }

    /// <summary>What a JWT's <c>aud</c> must have: the id that the provider has for this cluster.</summary>
    public required string Audience { get; init; }

    /// <summary>The claim whose values give roles: its name, or a path of names joined by dots.</summary>
    public required string RoleClaim { get; init; }

    /// <summary>The role that each value of the claim gives.</summary>
    public required IReadOnlyDictionary<string, AccessRole> Roles { get; init; }

    /// <summary>The least time between two questions for the provider's keys because of a JWT that none of the known ones has signed.</summary>
    public TimeSpan BetweenQuestions { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the provider may take for an answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether an address may be an authority's: HTTPS, or HTTP on this machine; without a query, a fragment or a user's name.</summary>
    public static bool IsAuthority(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address is { Query: "", Fragment: "", UserInfo: "" };

    /// <summary>Reads <c>VALUE=ROLE, VALUE=ROLE</c>.</summary>
    /// <returns>The roles by value, or null where the text has another form.</returns>
    public static IReadOnlyDictionary<string, AccessRole>? ReadRoles(string text)
    {
        var roles = new Dictionary<string, AccessRole>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.LastIndexOf('=');
            var (value, role) = at < 0 ? ("", "") : (pair[..at].Trim(), pair[(at + 1)..].Trim());
            if (
                value.Length == 0
                || !AccessToken.Roles.Contains(role)
                || !roles.TryAdd(value, Enum.Parse<AccessRole>(role, ignoreCase: true))
            )
                return null;
        }

        return roles.Count == 0 ? null : roles;
    }
}
