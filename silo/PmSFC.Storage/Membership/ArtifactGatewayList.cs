using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace PmSFC.Storage;

/// <summary>The gateways of a cluster's active silos, read from the table that <see cref="ArtifactMembershipTable"/> keeps.</summary>
public sealed class ArtifactGatewayList(IArtifactStore store, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateway)
    : IGatewayListProvider
{
    private readonly ArtifactMembershipTable _table = new(store, cluster);

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => gateway.Value.GatewayListRefreshPeriod;

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var table = await _table.ReadAllAsync(cancellationToken);
        return
        [
            .. from member in table.Members
            let silo = member.Item1
            where silo.Status == SiloStatus.Active && silo.ProxyPort > 0
            select SiloAddress.New(silo.SiloAddress.Endpoint.Address, silo.ProxyPort, silo.SiloAddress.Generation).ToGatewayUri(),
        ];
    }
}
