namespace PmSFC.Client.Specs;

/// <summary>The files that a method's network comes from.</summary>
/// <param name="Images">Full path of a folder or file of images to learn from, or <c>set:NAME</c>, or null.</param>
/// <param name="Weights">Full path of a file of weights to import, or null.</param>
public sealed record NetworkPaths(string? Images, string? Weights)
{
    /// <summary>None.</summary>
    public static NetworkPaths None { get; } = new(null, null);
}
