using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Client.ImageSets;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>
/// The store of a command that only looks, and for which a store with nothing but the bundled generator is as good as none: where there is no directory,
/// one is used that goes away again, so that looking makes nothing.
/// </summary>
internal sealed class LookingStore : IDisposable
{
    private readonly Invocation _invocation;
    private readonly DirectoryInfo? _passing;

    /// <summary>Opens the store that an invocation names, or a passing one.</summary>
    public LookingStore(Invocation invocation)
    {
        _invocation = invocation;
        if (!ArtifactStores.IsMissing(invocation.StoreLocation)) Store = invocation.OpenStore(StoreAccess.Read);
        else
        {
            _passing = Directory.CreateTempSubdirectory("pmsfc-");
            Store = ArtifactStores.Open(_passing.FullName, invocation.Host.Time, invocation.Host.Log.Loggers);
        }
    }

    /// <summary>The store.</summary>
    public IArtifactStore Store { get; }

    /// <summary>The generator of a name or id.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public Task<GeneratorCard> FindGeneratorAsync(string nameOrId) => _passing is not null && nameOrId != BundledGenerator.Name
        ? throw new BadInputException(
            $"There is no generator '{nameOrId}', since there is no store at {_invocation.StoreLocation}; did you mean '{BundledGenerator.Name}'?")
        : BundledGenerator.FindAsync(_invocation, Store, nameOrId);

    /// <summary>Refuses an image set where there is no store that could have it.</summary>
    /// <param name="location">Where images are: a path, or <c>set:NAME</c>.</param>
    /// <exception cref="BadInputException">It is a set, and there is no store.</exception>
    public void CheckImages(string location)
    {
        if (_passing is null || !ImageSetName.IsReference(location)) return;
        var name = ImageSetName.Of(location);
        throw new BadInputException(
            $"There is no image set '{name}', since there is no store at {_invocation.StoreLocation}; import one with 'images import FOLDER --name {name}'.");
    }

    /// <inheritdoc/>
    public void Dispose() => _passing?.Delete(recursive: true);
}
