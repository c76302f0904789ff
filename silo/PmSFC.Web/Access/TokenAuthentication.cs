using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PmSFC.Web.Api;

namespace PmSFC.Web.Access;

/// <summary>Lets in who shows a secret of the file of tokens as <see cref="BearerText"/> has it.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IAccessTokens tokens,
    AccessSources sources
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Bearer";

    // A secret of 'pmsfc access token' has 49.
    private const int MostCharacters = 256;

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerText.Of(Context) is not { } secret)
            return Task.FromResult(AuthenticateResult.NoResult());
        if (secret.Length > MostCharacters || tokens.Find(secret) is not { } holder)
            return Task.FromResult(AuthenticateResult.Fail("the token is not known"));
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, holder.Name), new Claim(ClaimTypes.Role, holder.Role.ToString())],
            SchemeName
        );
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, sources.Invitation);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, $"The role of {Context.User.Identity!.Name} does not allow this.");
}
