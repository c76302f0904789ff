using System.Text.Json;
using System.Text.Json.Serialization;

namespace PmSFC.Storage;

/// <summary>
/// How the state of a grain is written as an artifact: its name and its JSON, for the storage that Orleans uses and for readers that ask no grain.
/// </summary>
public static class GrainRecord
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The name of a grain's record.</summary>
    /// <param name="stateName">The state's name in <c>[PersistentState]</c>.</param>
    /// <param name="grainId">The grain.</param>
    public static string NameOf(string stateName, GrainId grainId) =>
        ArtifactNames.State(grainId.Type.ToString()!, stateName, grainId.Key.ToString()!);

    /// <summary>The state as JSON.</summary>
    public static byte[] Write<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, Json);

    /// <summary>The state that the JSON holds.</summary>
    /// <exception cref="JsonException">It is no JSON, or not that of such a state.</exception>
    public static T Read<T>(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, Json) ?? throw new JsonException("The record is null.");
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new JsonException(e.Message, e);
        }
    }
}
