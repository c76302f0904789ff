namespace PmSFC.Imaging.Tests;

/// <summary>A theory on files that are not the project's to keep, skipped where they are not.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(string path)
    {
        if (!Path.Exists(PathOf(path))) Skip = $"'{path}' is at neither ../shared nor below PMSFC_SHARED.";
    }

    /// <summary>The files of a folder that have a reference; one empty name where there is no such folder, since a theory needs data to be skipped.</summary>
    public static TheoryData<string> Files(string folder) => Directory.Exists(PathOf(folder))
        ? [.. Directory.GetFiles(PathOf(folder)).Where(file => !file.EndsWith(".ref.png", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)).Order()]
        : [""];

    public static string PathOf(string path) => Path.Combine(
        Environment.GetEnvironmentVariable("PMSFC_SHARED") is { Length: > 0 } shared ? shared : Path.Combine(Root(), "../shared"), path);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder.Parent is not null && !File.Exists(Path.Combine(folder.FullName, "PmSFC.Cluster.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
