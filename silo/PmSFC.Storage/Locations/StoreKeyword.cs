namespace PmSFC.Storage;

/// <summary>A word that locations of a store are or begin with.</summary>
/// <param name="Word">The word: <c>azure</c>.</param>
/// <param name="Form">The location that it is the beginning of: <c>azure:&lt;container&gt;</c>.</param>
public sealed record StoreKeyword(string Word, string Form);
