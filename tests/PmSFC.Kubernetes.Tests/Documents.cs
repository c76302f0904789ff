namespace PmSFC.Kubernetes.Tests;

/// <summary>The folder <c>docs/</c>.</summary>
internal static class Documents
{
    /// <summary>A document's text.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Manifests.Folder, "..", "docs", name));

    /// <summary>The block of code in a document that has a text.</summary>
    public static string Block(string name, string text) =>
        Read(name)
            .Split("\n```")
            .Where((_, part) => part % 2 == 1)
            .Select(block => block[(block.IndexOf('\n') + 1)..])
            .Single(block => block.Contains(text, StringComparison.Ordinal));
}
