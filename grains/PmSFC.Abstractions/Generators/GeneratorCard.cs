using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace PmSFC.Abstractions.Generators;

/// <summary>What is known of an imported generator; stored next to its weights as <c>card.json</c>.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.GeneratorCard")]
public sealed record GeneratorCard
{
    /// <summary>The generator's id: a hash of its weights and of its perceptual network's.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>A name for people; unique within a store.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>The checkpoint layout that it was read from, for example <c>genforce</c>.</summary>
    [Id(2)]
    public required string Layout { get; init; }

    /// <summary>Side of the images in pixels.</summary>
    [Id(3)]
    public required int Resolution { get; init; }

    /// <summary>Length of a latent code.</summary>
    [Id(4)]
    public required int LatentSize { get; init; }

    /// <summary>Output channels of each convolution block, layer 0 first; split l cuts after block l.</summary>
    [Id(5)]
    public required ImmutableArray<int> Channels { get; init; }

    /// <summary>The perceptual network stored next to it (<c>discriminator</c>), or null.</summary>
    [Id(6)]
    public string? Perceptual { get; init; }

    /// <summary>The terms under which the weights may be used, as far as known.</summary>
    [Id(7)]
    public string? Terms { get; init; }

    /// <summary>The family of generators that it belongs to; null for a progressive GAN (<c>pggan</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(8)]
    public string? Family { get; init; }

    /// <summary>What else tells its sizes, by its family's own names, for example the length of a style; null where the other fields say all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(9)]
    public ImmutableSortedDictionary<string, int>? FamilySizes { get; init; }

    /// <summary>How it draws, where that is not to be expected of its family: <c>truncation 0.7, no noise</c>; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(10)]
    public string? Drawing { get; init; }
}
