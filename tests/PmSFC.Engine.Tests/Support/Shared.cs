namespace PmSFC.Engine.Tests.Support;

/// <summary>The folder of data and weights beside the checkout, which are not part of it.</summary>
internal static class Shared
{
    private static readonly string[] Candidates = [.. Find()];

    public static string? Weights { get; } = FolderOf("weights");

    public static string? Metrics { get; } = FolderOf("data", "metrics");

    private static string? FolderOf(params string[] parts) =>
        Candidates.Select(candidate => Path.Combine([candidate, .. parts])).FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> Find()
    {
        if (Environment.GetEnvironmentVariable("PMSFC_SHARED") is { Length: > 0 } shared) yield return shared;
        yield return Path.Combine(Directory.GetParent(Repository.Root)!.FullName, "shared");
    }
}
