using System.Text.Json;
using System.Text.Json.Serialization;

namespace PmSFC.Engine.Training;

/// <summary>A network, how it came about, and how its losses fell.</summary>
public sealed record TrainedNetwork
{
    /// <summary>The metadata of weights by which a file that was trained here is known wherever it goes.</summary>
    public const string TrainedEntry = "trained";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Kind of the network, for example <c>encoder</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Every setting of the network and of its training; of an imported network those that say how large it is.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>Id of the user's images that it learned from; <see langword="null"/> for the generator's samples.</summary>
    public string? ImagesId { get; init; }

    /// <summary>The file that it was imported from; <see langword="null"/> for a network that was trained, and otherwise nothing was drawn or lost.</summary>
    public WeightsOrigin? Origin { get; init; }

    /// <summary>Names of the loss's terms.</summary>
    public required IReadOnlyList<string> Terms { get; init; }

    /// <summary>The terms over time.</summary>
    public required IReadOnlyList<TrainingLosses> LossHistory { get; init; }

    /// <summary>The weights as a safetensors file, an artifact of its own next to the card.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Weights { get; init; }

    /// <summary>The card: all but the weights.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="card">The card.</param>
    /// <param name="weights">The weights that are stored next to it.</param>
    /// <exception cref="JsonException">The JSON is not that of a network's card.</exception>
    public static TrainedNetwork FromJson(ReadOnlySpan<byte> card, ReadOnlyMemory<byte> weights) =>
        (JsonSerializer.Deserialize<TrainedNetwork>(card, Json) ?? throw new JsonException("The network's card is null.")) with
        {
            Weights = weights,
        };
}
