using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;

namespace PmSFC.Storage;

/// <summary>Registers <see cref="ArtifactMembershipTable"/> and <see cref="ArtifactGatewayList"/>.</summary>
public static class ArtifactMembershipBuilderExtensions
{
    /// <summary>Has silos find each other through the silo's registered <see cref="IArtifactStore"/>.</summary>
    public static ISiloBuilder UseArtifactMembership(this ISiloBuilder builder) =>
        builder.ConfigureServices(services => services.AddSingleton<IMembershipTable, ArtifactMembershipTable>());

    /// <summary>Has a client find silos through its registered <see cref="IArtifactStore"/>.</summary>
    public static IClientBuilder UseArtifactGateways(this IClientBuilder builder) =>
        builder.ConfigureServices(services => services.AddSingleton<IGatewayListProvider, ArtifactGatewayList>());
}
