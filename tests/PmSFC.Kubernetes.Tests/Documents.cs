namespace PmSFC.Kubernetes.Tests;

/// <summary>The folder <c>docs/</c>.</summary>
internal static class Documents
{
    /// <summary>A document's text.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Manifests.Folder, "..", "docs", name));
}
