using System.Text.Json;
using System.Text.Json.Serialization;

namespace PmSFC.Abstractions.Json;

/// <summary>
/// How records are written as JSON artifacts (cards, plans, results), the same for silos and clients: UTF-8, camel case, states and failures
/// by name, infinite metrics (the PSNR of a perfect reconstruction) as <c>"Infinity"</c>. Unknown members are ignored, so that an older
/// product reads what a newer one wrote.
/// </summary>
public static class ArtifactJson
{
    /// <summary>The options; read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The record as indented JSON.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>The record that the JSON holds.</summary>
    /// <exception cref="JsonException">It is no JSON, or not that of such a record.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"The JSON is null where a {typeof(T).Name} is expected.");

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            WriteIndented = true,
            RespectNullableAnnotations = true,
            IndentSize = 1,
            NewLine = "\n",
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
