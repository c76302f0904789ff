using System.Text.RegularExpressions;

namespace PmSFC.Client.ImageSets;

/// <summary>Names of image sets, and how one stands where a folder of images may: <c>set:NAME</c>.</summary>
public static partial class ImageSetName
{
    /// <summary>What a name must be, as the end of a sentence.</summary>
    public const string Rule = "1 to 100 lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit";

    private const string Prefix = "set:";

    /// <summary>Whether a location of images names a set, and no folder or file; a folder of such a name is <c>./set:NAME</c>.</summary>
    public static bool IsReference(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>The location that names a set.</summary>
    public static string ReferenceTo(string name) => Prefix + name;

    /// <summary>The name in a location that <see cref="IsReference"/> accepts; it may break the rule.</summary>
    public static string Of(string reference) => reference[Prefix.Length..];

    /// <summary>Whether a text keeps the rule. Every store and file system holds such a name, and no two of them differ by case alone.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    /// <summary>Why a location that names a set cannot be one, as a clause that follows "but"; null for a set that may exist, and for paths.</summary>
    public static string? Fault(string location) =>
        IsReference(location) && !IsValid(Of(location))
            ? $"the name of an image set must be {Rule}; for a folder of that name write ./{location}"
            : null;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,99}\z")]
    private static partial Regex Pattern();
}
