namespace PmSFC.Engine.Preparation;

/// <summary>The stored content of the preparations that a run named in its needs.</summary>
/// <param name="contents">Safetensors files by kind.</param>
public sealed class PreparedContents(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> contents)
{
    /// <summary>For what needs nothing.</summary>
    public static PreparedContents None { get; } = new(new Dictionary<string, ReadOnlyMemory<byte>>());

    /// <summary>The content of a kind, a safetensors file.</summary>
    /// <exception cref="ArgumentException">It was not prepared.</exception>
    public ReadOnlyMemory<byte> this[string kind] =>
        contents.TryGetValue(kind, out var content)
            ? content
            : throw new ArgumentException($"The preparation '{kind}' is needed and was not made.", nameof(kind));
}
