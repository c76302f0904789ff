namespace PmSFC.Testing;

/// <summary>Data and weights that are not the project's to keep: in the folder that <c>PMSFC_SHARED</c> names, or in <c>shared</c> next to the checkout.</summary>
public static class SharedFiles
{
    private static readonly string[] Folders =
    [
        .. Environment.GetEnvironmentVariable("PMSFC_SHARED") is { Length: > 0 } named ? new[] { named } : [],
        Path.GetFullPath(Path.Combine(Repository.Root, "../shared")),
    ];

    /// <summary>The published weights of metrics; null where there are none.</summary>
    public static string? Weights { get; } = Find("weights");

    /// <summary>The published images of metrics; null where there are none.</summary>
    public static string? Metrics { get; } = Find("data/metrics");

    /// <summary>Where a file or folder of them is, or would be.</summary>
    public static string PathOf(string path) => Path.Combine(Folders[0], path);

    /// <summary>Why a file or folder of them cannot be tested with, or null where it is there.</summary>
    internal static string? Missing(string path) =>
        Path.Exists(PathOf(path)) ? null : $"'{path}' is at neither ../shared nor below PMSFC_SHARED.";

    private static string? Find(string path) => Folders.Select(folder => Path.Combine(folder, path)).FirstOrDefault(Directory.Exists);
}
