using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Images;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>A spec with its generator found and its files read.</summary>
internal sealed record PreparedSweep(SweepSpec Spec, ImageSet Images, TaskImages TaskImages, NetworkSources Networks)
{
    /// <summary>Writes the files that the spec names and the store does not have yet.</summary>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        await Images.StoreAsync(store, cancellationToken);
        await TaskImages.StoreAsync(store, cancellationToken);
        await Networks.StoreAsync(store, cancellationToken);
    }
}
