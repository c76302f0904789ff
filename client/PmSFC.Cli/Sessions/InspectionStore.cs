using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Client.ImageSets;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>
/// The store of a command that only reads. Where its directory does not exist, a temporary one takes its place, which can have nothing but the bundled
/// generator and is deleted at the end: a command that only reads makes no store.
/// </summary>
internal sealed class InspectionStore : IDisposable
{
    private readonly Invocation _invocation;
    private readonly DirectoryInfo? _temporary;

    /// <summary>Opens the store that an invocation names, or a temporary one.</summary>
    public InspectionStore(Invocation invocation)
    {
        _invocation = invocation;
        if (!ArtifactStores.IsMissing(invocation.StoreLocation))
            Store = invocation.OpenStore(StoreAccess.Read);
        else
        {
            _temporary = Directory.CreateTempSubdirectory("pmsfc-");
            Store = ArtifactStores.Open(_temporary.FullName, invocation.Host.Time, invocation.Host.Log.Loggers);
        }
    }

    /// <summary>The store.</summary>
    public IArtifactStore Store { get; }

    /// <summary>The generator of a name or id.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public Task<GeneratorCard> FindGeneratorAsync(string nameOrId) =>
        _temporary is not null && BundledGenerator.All.All(bundled => bundled.Name != nameOrId)
            ? throw new BadInputException(
                $"There is no generator '{nameOrId}', since there is no store at {_invocation.StoreLocation}; did you mean '{BundledGenerator.DefaultName}'?"
            )
            : BundledGenerator.FindAsync(_invocation, Store, nameOrId);

    /// <summary>Refuses an image set where there is no store that could have it.</summary>
    /// <param name="location">Where images are: a path, or <c>set:NAME</c>.</param>
    /// <exception cref="BadInputException">It is a set, and there is no store.</exception>
    public void CheckImages(string location)
    {
        if (_temporary is null || !ImageSetName.IsReference(location))
            return;
        var name = ImageSetName.Of(location);
        throw new BadInputException(
            $"There is no image set '{name}', since there is no store at {_invocation.StoreLocation}; import one with 'images import FOLDER --name {name}'."
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _temporary?.Delete(recursive: true);
}
