using System.Text.Json;
using PmSFC.Abstractions.Json;

namespace PmSFC.Storage;

/// <summary>
/// The format that a stored JSON record is of. It changes only where a version that knows the old one would misread or lose something; a record of
/// format 1 does not say so, a later one has the member <c>format</c>.
/// </summary>
public static class ArtifactFormat
{
    /// <summary>The latest format that this version reads.</summary>
    public const int Latest = 1;

    private const string Member = "format";

    /// <summary>The record that an artifact holds.</summary>
    /// <exception cref="JsonException">It is no JSON, or not that of such a record.</exception>
    /// <exception cref="StoreException">It is of a later format than this version knows.</exception>
    public static T Read<T>(ReadOnlySpan<byte> content, string name)
    {
        Check(content, name);
        return ArtifactJson.Read<T>(content);
    }

    /// <summary>Refuses a record of a later format: to read it would be to guess, and to write it back would be to lose what is not known of it.</summary>
    /// <exception cref="StoreException">It is of a later format than this version knows.</exception>
    public static void Check(ReadOnlySpan<byte> content, string name)
    {
        if (Of(content) is > Latest and var format)
            throw Newer(name, format, Latest);
    }

    /// <summary>What is thrown where something of a later format is found.</summary>
    public static StoreException Newer(string name, int format, int latest) =>
        new(
            StoreFailure.Newer,
            $"{name} is of format {format}, which a later version of this product wrote, and this one reads formats up to {latest}: use that version; nothing was changed."
        );

    /// <summary>Why a record cannot be read, for people: half a sentence that goes on from the record's name.</summary>
    public static string Reason(ReadOnlySpan<byte> content, JsonException failure) =>
        content.IsEmpty
            ? "it is empty, or no file"
            : FormattableString.Invariant($"line {(failure.LineNumber ?? 0) + 1} is damaged or missing");

    /// <summary>What is no JSON object is of format 1: its reader says what is wrong with it.</summary>
    private static int Of(ReadOnlySpan<byte> content)
    {
        try
        {
            var json = new Utf8JsonReader(content);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return 1;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isFormat = string.Equals(json.GetString(), Member, StringComparison.OrdinalIgnoreCase);
                json.Read();
                if (isFormat && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var format))
                    return format;
                json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not text that a record could be.
        }

        return 1;
    }
}
