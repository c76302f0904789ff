using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PmSFC.Connections;

namespace PmSFC.Web.Access;

/// <summary>Which role a route asks for.</summary>
internal static class AccessRules
{
    /// <summary>Has a policy for each role. What has none and does not let everybody in is for nobody, so that a route that was forgotten is not open.</summary>
    public static void AddRoles(this AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<AccessRole>())
            options.AddPolicy(role.ToString(), policy =>
                policy.RequireRole(Enum.GetValues<AccessRole>().Where(other => other >= role).Select(other => other.ToString()))
            );
        // What is no route says only that a method or a kind of body does not fit.
        options.FallbackPolicy = new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
            .Build();
    }

    /// <summary>Asks for a role, or one above it.</summary>
    public static TBuilder For<TBuilder>(this TBuilder route, AccessRole role)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(role.ToString());
}
