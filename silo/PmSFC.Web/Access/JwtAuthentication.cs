using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PmSFC.Web.Api;

namespace PmSFC.Web.Access;

/// <summary>Lets in who shows a JWT that an OpenID provider has signed for this cluster, as <see cref="BearerText"/> has it.</summary>
internal sealed partial class JwtAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    OidcOptions oidc,
    OidcKeys keys,
    AccessSources sources
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Jwt";

    private const int MostCharacters = 16 << 10;

    private static readonly TimeSpan MostClockSkew = TimeSpan.FromSeconds(30);

    // With a public key alone nobody can sign in any of these ways.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    // What else a provider signs, such as word that somebody has signed out, lets nobody in.
    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MostCharacters };

    private bool _isUnavailable;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerText.Of(Context) is not { } text)
            return AuthenticateResult.NoResult();
        // The provider is not asked because of what cannot be let in anyway.
        if (!IsSigned(text))
            return Refuse("it is no JWT with a signature of a known kind");
        if (!await keys.AreKnownAsync(Context.RequestAborted))
        {
            _isUnavailable = true;
            return Refuse("the provider's keys are not known");
        }

        var result = await Handler.ValidateTokenAsync(
            text,
            new TokenValidationParameters
            {
                ConfigurationManager = keys.Configuration,
                ValidAudience = oidc.Audience,
                ValidAlgorithms = Algorithms,
                ClockSkew = MostClockSkew,
                LogValidationExceptions = false,
            }
        );
        if (!result.IsValid)
            return Refuse(result.Exception.GetType().Name);
        try
        {
            var claims = JwtClaims.Of((JsonWebToken)result.SecurityToken);
            if (JwtClaims.NameOf(claims) is not { } name)
                return Refuse("it names nobody");
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], SchemeName);
            if (JwtClaims.RoleOf(claims, oidc) is { } role)
                identity.AddClaim(new Claim(ClaimTypes.Role, role.ToString()));
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
        }
        catch (JsonException)
        {
            return Refuse("its claims are nested too deep");
        }
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_isUnavailable)
            return Problems.WriteAsync(
                Context,
                StatusCodes.Status503ServiceUnavailable,
                $"{oidc.Authority} does not tell its keys now, so no JWT can be checked; ask again."
            );
        Response.Headers.WWWAuthenticate = TokenAuthentication.SchemeName;
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, sources.Invitation);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var name = Context.User.Identity!.Name;
        return Problems.WriteAsync(
            Context,
            StatusCodes.Status403Forbidden,
            Context.User.HasClaim(claim => claim.Type == ClaimTypes.Role)
                ? $"The role of {name} does not allow this."
                : $"{name} has no role here: the claim '{oidc.RoleClaim}' of the JWT has none of the values that this silo knows."
        );
    }

    private static bool IsSigned(string text)
    {
        if (text.Length > MostCharacters || text.Count(c => c == '.') != 2)
            return false;
        try
        {
            var jwt = new JsonWebToken(text);
            // Who does not know what a header calls critical must not take it (RFC 7515, 4.1.11), and none is known here.
            return Algorithms.Contains(jwt.Alg, StringComparer.Ordinal)
                && (jwt.Typ is null or "" || Types.Contains(jwt.Typ, StringComparer.OrdinalIgnoreCase))
                && !jwt.TryGetHeaderValue("crit", out object _);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException)
        {
            return false;
        }
    }

    private AuthenticateResult Refuse(string reason)
    {
        LogRefused(Logger, reason);
        return AuthenticateResult.Fail("the JWT is not taken");
    }

    [LoggerMessage(LogLevel.Debug, "A JWT is not taken: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string reason);
}
