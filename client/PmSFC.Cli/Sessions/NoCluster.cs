using System.Reflection;

namespace PmSFC.Cli.Sessions;

/// <summary>Stands where a client wants a cluster for what the store alone answers: any call of a grain is a fault.</summary>
internal class NoCluster : DispatchProxy
{
    /// <summary>Makes one.</summary>
    public static IGrainFactory Create() => Create<IGrainFactory, NoCluster>();

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        throw new InvalidOperationException($"No cluster runs here, but {targetMethod?.Name} was asked of it.");
}
