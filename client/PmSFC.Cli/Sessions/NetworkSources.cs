using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Images;
using PmSFC.Client.Specs;
using PmSFC.Engine;
using PmSFC.Silo.Imports;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>The images and weights that a spec's networks come from, read and ready to be stored.</summary>
internal sealed class NetworkSources
{
    private readonly Dictionary<string, ImageSet> _images = new(StringComparer.Ordinal);
    private readonly List<NetworkImport> _imports = [];

    private NetworkSources() { }

    /// <summary>What a user should know of the images and of the files of weights: a sentence each.</summary>
    public IEnumerable<string> Notes =>
        [
            .. _images.Values.SelectMany(set => set.Notes).Distinct().Select(note => $"To learn from: {note}"),
            .. _imports.Select(import => import.Note).OfType<string>().Distinct(),
        ];

    /// <summary>Reads them; nothing in a file of weights is executed.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="paths">The files of each of its methods.</param>
    /// <param name="card">The generator.</param>
    /// <param name="store">The store, for sets of images.</param>
    /// <param name="describe">Says where the spec has what an issue is about.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The sources, and the spec with what is read in the place of files.</returns>
    /// <exception cref="BadInputException">A file cannot be used.</exception>
    public static async Task<(NetworkSources Sources, SweepSpec Spec)> ReadAsync(
        SweepSpec spec,
        ImmutableArray<NetworkPaths> paths,
        GeneratorCard card,
        IArtifactStore store,
        Func<SpecIssue, string> describe,
        CancellationToken cancellationToken
    )
    {
        var sources = new NetworkSources();
        var methods = spec.Methods.ToBuilder();
        for (var i = 0; i < methods.Count; i++)
        {
            // Whether the method has a network at all is the planner's to say.
            if (methods[i].Network is not { } network || EngineCatalog.BuiltIn.FindMethod(methods[i].Method)?.Network is not { } kind)
                continue;
            var path = $"methods[{i}].network";
            if (paths[i].Images is { } images)
                network = network with
                {
                    Images = await AtAsync($"{path}.images", () => sources.ReadImagesAsync(images, card, store, cancellationToken)),
                };
            if (paths[i].Weights is { } weights)
                network = network with
                {
                    Weights = await AtAsync($"{path}.weights", () => sources.ReadWeightsAsync(kind, weights, card, cancellationToken)),
                };
            methods[i] = methods[i] with { Network = network };
        }

        return (sources, spec with { Methods = methods.ToImmutable() });

        async Task<T> AtAsync<T>(string place, Func<Task<T>> read)
        {
            try
            {
                return await read();
            }
            catch (BadInputException e)
            {
                throw new BadInputException(describe(new SpecIssue(place, e.Message)));
            }
        }
    }

    /// <summary>Writes what the store does not have, and what it has damaged.</summary>
    /// <exception cref="BadInputException">An image changed or went away since it was read.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task StoreAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        foreach (var set in _images.Values)
        {
            await set.StoreAsync(store, cancellationToken);
            var list = ListOf(set);
            var content = ArtifactJson.Write(list);
            await store.WriteSoundAsync(
                ArtifactNames.ImageList(list.Id),
                () => content,
                stored => stored.Span.SequenceEqual(content),
                cancellationToken
            );
        }

        foreach (var import in _imports)
            await import.StoreAsync(store, cancellationToken);
    }

    private static ImageList ListOf(ImageSet set) => ImageList.Of(set.References.Select(image => image.Id));

    private async Task<ImageListReference> ReadImagesAsync(
        string location,
        GeneratorCard card,
        IArtifactStore store,
        CancellationToken cancellationToken
    )
    {
        if (!_images.TryGetValue(location, out var set))
            _images.Add(
                location,
                set = await ImageSet.ReadAsync([location], card.Resolution, sets: store, cancellationToken: cancellationToken)
            );
        return ListOf(set).Reference;
    }

    private async Task<ImportedWeights> ReadWeightsAsync(string kind, string path, GeneratorCard card, CancellationToken cancellationToken)
    {
        var import = await NetworkImport.ReadAsync(
            EngineCatalog.BuiltIn.Families,
            EngineCatalog.BuiltIn.FindTraining(kind)!,
            path,
            card,
            cancellationToken
        );
        _imports.Add(import);
        return import.Weights;
    }
}
