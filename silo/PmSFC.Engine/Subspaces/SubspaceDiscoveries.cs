namespace PmSFC.Engine.Subspaces;

/// <summary>The discoveries that exist. A new one is a new file and one line here.</summary>
public static class SubspaceDiscoveries
{
    /// <summary>Every discovery.</summary>
    public static IReadOnlyList<ISubspaceDiscovery> All { get; } =
    [
        new SelfExpressiveDiscovery(),
        new CorrelationDiscovery(),
        new RandomPartitionDiscovery(),
    ];

    /// <summary>The discovery of a name; <see langword="null"/> where there is none.</summary>
    public static ISubspaceDiscovery? Find(string name) => All.FirstOrDefault(discovery => discovery.Name == name);
}
