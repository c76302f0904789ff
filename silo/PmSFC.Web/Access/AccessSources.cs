namespace PmSFC.Web.Access;

/// <summary>Who is let in; one of the two is there at least.</summary>
/// <param name="Tokens">The holders of secrets, or null where nobody has one.</param>
/// <param name="Oidc">Those whom an OpenID provider knows, or null where none is asked.</param>
internal sealed record AccessSources(IAccessTokens? Tokens, OidcOptions? Oidc)
{
    /// <summary>Whether a text is to be taken as a JWT, which has two dots, as no secret of a file of tokens has.</summary>
    public bool IsJwt(string text) => Oidc is not null && (Tokens is null || text.Count(c => c == '.') == 2);

    /// <summary>What somebody is told who is not let in.</summary>
    public string Invitation =>
        (Tokens, Oidc) switch
        {
            (_, null) => "Show a token that this silo knows as 'Authorization: Bearer TOKEN'; 'pmsfc access token' makes one.",
            (null, { } oidc) =>
                $"Show a JWT of {oidc.Authority} for the audience '{oidc.Audience}', which is valid now, as 'Authorization: Bearer JWT'.",
            (_, { } oidc) =>
                $"Show a token that this silo knows, or a JWT of {oidc.Authority} for the audience '{oidc.Audience}', which is valid now, as 'Authorization: Bearer TOKEN'.",
        };
}
