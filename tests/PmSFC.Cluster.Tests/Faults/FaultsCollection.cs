using PmSFC.Cluster.Tests.Support;

namespace PmSFC.Cluster.Tests.Faults;

/// <summary>
/// Clusters in which something breaks, one after the other: they wait a good part of their minutes, during which the other tests run.
/// </summary>
[CollectionDefinition(Name)]
public sealed class FaultsCollection : ICollectionFixture<Azurite>, ICollectionFixture<QuietRun>
{
    public const string Name = "Faults";
}
