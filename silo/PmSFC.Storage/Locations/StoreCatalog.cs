using System.Text.RegularExpressions;
using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>The kinds of stores that a location can name.</summary>
/// <param name="folders">Takes what no other takes.</param>
/// <param name="others">The other kinds; the first that takes a location has it.</param>
internal sealed partial class StoreCatalog(IArtifactStoreProvider folders, params IReadOnlyList<IArtifactStoreProvider> others)
{
    /// <summary>What a location may be, as the end of a sentence.</summary>
    public string Kinds => field ??= Listed([.. folders.Forms, .. others.SelectMany(provider => provider.Forms)]);

    /// <summary>As <see cref="ArtifactStores.Normalize"/>.</summary>
    public string Normalize(string location) =>
        Fault(location) is { } fault ? throw new ArgumentException(fault) : Of(location).Normalize(location);

    /// <summary>As <see cref="ArtifactStores.FolderOf"/>.</summary>
    public string? FolderOf(string location) => Fault(location) is null ? Of(location).FolderOf(location) : null;

    /// <summary>Opens the store that a location names.</summary>
    public IArtifactStore Open(string location, StoreOpening opening)
    {
        if (string.IsNullOrWhiteSpace(location))
            throw new ArgumentException($"the store's location is empty: give {Kinds}.");
        return Fault(location) is { } fault
            ? throw new ArgumentException($"the store's location is '{ShownText.Line(location)}', but {fault}.")
            : Of(location).Open(location, opening);
    }

    private static string Listed(string[] forms) =>
        forms.Length < 2 ? string.Concat(forms) : $"{string.Join(", ", forms[..^1])} or {forms[^1]}";

    private IArtifactStoreProvider Of(string location) => Other(location) ?? folders;

    private IArtifactStoreProvider? Other(string location) => others.FirstOrDefault(provider => provider.Takes(location));

    /// <summary>Why a location names no store, as a clause that follows "but"; or null. What looks like a misspelt kind is no folder's name.</summary>
    private string? Fault(string location)
    {
        if (string.IsNullOrWhiteSpace(location))
            return $"a location must be {Kinds}";
        if (Other(location) is not null)
            return null;
        var asFolder = $"for a directory of that name write ./{ShownText.Line(location)}";
        if (location.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
            return $"'{ShownText.Line(location[..scheme])}' is not a kind of store: give {Kinds}; {asFolder}";
        // What exists is what it is; what does not and looks like a misspelt kind would become a folder that nobody looks for.
        if (folders.Takes(location) || KindLike().Match(location) is not { Success: true } word)
            return null;
        var keywords = others
            .SelectMany(provider => provider.Keywords)
            .Where(keyword => keyword.Word[0] == char.ToLowerInvariant(location[0]))
            .ToArray();
        return Spelling.Nearest(word.Groups[1].Value, keywords.Select(keyword => keyword.Word)) is { } meant
            ? $"looks like a misspelt '{keywords.First(keyword => keyword.Word == meant).Form}': give {Kinds}; {asFolder}"
            : null;
    }

    // A bare word, or one before a colon or two slashes.
    [GeneratedRegex(@"\A([A-Za-z0-9]+)(\z|:|//)")]
    private static partial Regex KindLike();
}
