using PmSFC.Cluster.Tests.Support;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer(NamedCollectionsFirst.Type, "PmSFC.Cluster.Tests")]

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Begins with the collections of several classes, which take minutes, so that the classes that run by themselves fill the rest of the time.</summary>
public sealed class NamedCollectionsFirst : ITestCollectionOrderer
{
    /// <summary>The name of this type, as xunit wants it.</summary>
    public const string Type = "PmSFC.Cluster.Tests.Support.NamedCollectionsFirst";

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.CollectionDefinition is null);
}
