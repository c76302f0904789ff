using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Cli.Progress;
using PmSFC.Engine;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Imports;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Cli.Sessions;

/// <summary>A generator that is named as a file: on this machine, in the store, or in a Blob container.</summary>
internal static class GeneratorFile
{
    private const string InStore = "store:";
    private const string Places = $"a path, store:<name>, {BlobFile.Kinds}";

    private static readonly string[] Endings = [".pth", ".pt", ".pkl", ".safetensors", ".ckpt", ".bin", ".tar"];

    /// <summary>What a generator may be named by.</summary>
    public static ValueKind<string> GeneratorKind { get; } =
        new("the name or id of a generator, or where its file is", (string text, out string? value) =>
            IsFile(text) ? Read(text, out value) : ValueKinds.Text.TryRead(text, out value)
        );

    /// <summary>Where a file of weights may be.</summary>
    public static ValueKind<string> Kind { get; } = new(Places, Read);

    /// <summary>Whether a text is the place of a file and no generator's name: it has a slash, a kind before a colon, or the ending of a file of weights.</summary>
    public static bool IsFile(string text) =>
        text.Contains('/')
        || text.StartsWith(InStore, StringComparison.Ordinal)
        || BlobFile.IsLocation(text)
        || Endings.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase);

    /// <summary>Imports a generator where the store does not have the same already.</summary>
    /// <param name="invocation">The call, for notes.</param>
    /// <param name="store">Where to.</param>
    /// <param name="file">Where its file is.</param>
    /// <param name="perceptual">Where its perceptual network's file is, or null.</param>
    /// <exception cref="BadInputException">A file cannot be read or used.</exception>
    /// <exception cref="StoreException">The store or the container failed.</exception>
    public static async Task<GeneratorCard> ImportAsync(Invocation invocation, IArtifactStore store, string file, string? perceptual)
    {
        var weights = await ReadAsync(store, file, invocation.CancellationToken);
        var network = perceptual is null ? null : await ReadAsync(store, perceptual, invocation.CancellationToken);
        // A file of one name has other weights every night, and names are unique in a store.
        var (card, notes) = await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
            weights,
            network,
            id => $"{Path.GetFileNameWithoutExtension(file[(file.LastIndexOf(':') + 1)..])}-{Amounts.ShortId(id)}",
            cancellationToken: invocation.CancellationToken
        );
        foreach (var note in notes)
            invocation.Note(note);
        invocation.Say($"Generator {card.Name} ({card.Id}) from {file}.");
        return card;
    }

    private static string? Read(string text, out string? value)
    {
        value = text;
        if (text.StartsWith(InStore, StringComparison.Ordinal))
            return ArtifactName.IsValid(text[InStore.Length..])
                ? null
                : $"the store holds no such name: give store:<name> in lower-case letters, digits, '.', '_', '-' and '/', or name the blob as {BlobFile.Kinds}";
        if (BlobFile.IsLocation(text))
            return BlobFile.Fault(text);
        return text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme
            ? $"'{ShownText.Line(text[..scheme])}' is no kind of place that is read: give {Places}"
            : ValueKinds.Path.TryRead(text, out value);
    }

    private static async Task<WeightsFile> ReadAsync(IArtifactStore store, string location, CancellationToken cancellationToken)
    {
        if (BlobFile.IsLocation(location))
            return new WeightsFile(location, await BlobFile.ReadAsync(location, cancellationToken));
        if (!location.StartsWith(InStore, StringComparison.Ordinal))
            return new WeightsFile(location, await CheckpointFile.ReadAsync(location, cancellationToken));
        var artifact = await store.ReadAsync(location[InStore.Length..], cancellationToken)
            ?? throw new BadInputException(
                $"There is no '{ShownText.Line(location[InStore.Length..])}' in {store.Description}; put the file there, or name another place."
            );
        return new WeightsFile(location, artifact.Content.ToArray());
    }
}
