using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace PmSFC.Web.Access;

/// <summary>Asks every caller of a web server who he or she is.</summary>
internal static class AccessHosting
{
    private const string SchemeName = "Access";

    /// <summary>Adds the schemes and the roles.</summary>
    /// <param name="services">Of the web server.</param>
    /// <param name="sources">Who is let in.</param>
    public static void AddAccess(this IServiceCollection services, AccessSources sources)
    {
        services.AddSingleton(sources);
        // Not AddAuthentication, which would make keys for cookies that nobody gets and write them to the home folder.
        services.AddWebEncoders();
        services.AddAuthenticationCore(options => options.DefaultScheme = SchemeName);
        var authentication = new AuthenticationBuilder(services).AddPolicyScheme(SchemeName, null, policy =>
            policy.ForwardDefaultSelector = context =>
                sources.IsJwt(BearerText.Of(context) ?? "") ? JwtAuthentication.SchemeName : TokenAuthentication.SchemeName
        );
        if (sources.Tokens is { } tokens)
        {
            services.AddSingleton(tokens);
            authentication.AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        }

        if (sources.Oidc is { } oidc)
        {
            services.AddSingleton(oidc);
            services.AddSingleton<OidcKeys>();
            authentication.AddScheme<AuthenticationSchemeOptions, JwtAuthentication>(JwtAuthentication.SchemeName, null);
        }

        services.AddAuthorization(options => options.AddRoles());
    }
}
