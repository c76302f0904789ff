using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using PmSFC.Abstractions.Devices;
using PmSFC.Connections;
using PmSFC.Web.Access;

namespace PmSFC.Web.Api;

/// <summary>Devices and who asks for them.</summary>
internal static class DeviceRoutes
{
    /// <summary>Maps them.</summary>
    /// <param name="looks">For what changes nothing.</param>
    /// <param name="accepting">Whether specs of sweeps may be sent, for callers to know.</param>
    public static void Map(RouteGroupBuilder looks, Submissions accepting)
    {
        looks.MapGet("/devices", ListAsync).WithSummary("The devices, and when the last message of each came").For(AccessRole.Viewer);
        looks
            .MapGet("/me", (HttpContext context) => Me(context, accepting))
            .WithSummary("The caller's name and role")
            .For(AccessRole.Viewer);
    }

    private static async Task<Ok<DeviceList>> ListAsync(IGrainFactory grains, CancellationToken cancellation) =>
        TypedResults.Ok(
            new DeviceList(
                (await grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).GetStatus(cancellation).WaitAsync(cancellation)).Devices
            )
        );

    private static Ok<Caller> Me(HttpContext context, Submissions accepting) =>
        TypedResults.Ok(
            new Caller(
                context.User.Identity!.Name!,
                Enum.Parse<AccessRole>(context.User.Claims.Single(claim => claim.Type == System.Security.Claims.ClaimTypes.Role).Value),
                accepting
            )
        );
}
