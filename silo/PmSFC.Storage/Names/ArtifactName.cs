using System.Text.RegularExpressions;

namespace PmSFC.Storage;

/// <summary>What may name an artifact: lower-case segments <c>[a-z0-9][a-z0-9._-]*</c> of at most 200 characters, joined by <c>/</c>.</summary>
public static partial class ArtifactName
{
    /// <summary>The most characters that a whole name may have.</summary>
    public const int MaxLength = 800;

    /// <summary>Whether the text is a name.</summary>
    public static bool IsValid(string name) => name.Length <= MaxLength && Name().IsMatch(name);

    /// <exception cref="ArgumentException">The text is no name.</exception>
    public static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValid(name))
            throw Refusal("name", name, nameof(name));
    }

    /// <summary>As <see cref="Check"/>, for a listing's prefix: empty, or the beginning of some name.</summary>
    /// <exception cref="ArgumentException">No name begins so.</exception>
    public static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0 && !IsValid(prefix) && !(prefix[^1] == '/' && IsValid(prefix[..^1])))
            throw Refusal("prefix", prefix, nameof(prefix));
    }

    private static ArgumentException Refusal(string what, string text, string parameter) =>
        new(
            $"'{text}' is not an artifact {what}: use lower-case segments of letters, digits, '.', '_' and '-' that begin with a letter or digit, "
                + $"joined by '/', at most 200 characters a segment and {MaxLength} in all.",
            parameter
        );

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,199}(/[a-z0-9][a-z0-9._-]{0,199})*\z")]
    private static partial Regex Name();
}
