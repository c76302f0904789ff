namespace PmSFC.Engine.Tests.Metrics;

/// <summary>A theory on the calibration pairs, skipped where they are not.</summary>
public sealed class CalibrationTheoryAttribute : TheoryAttribute
{
    public CalibrationTheoryAttribute()
    {
        if (Folder is null) Skip = "The calibration pairs are at neither ../shared/data/metrics/calibration nor below PMSFC_SHARED.";
    }

    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        var candidates = new List<string>();
        if (Environment.GetEnvironmentVariable("PMSFC_SHARED") is { Length: > 0 } shared) candidates.Add(shared);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PmSFC.Cluster.sln")) && folder.Parent is { } above)
                candidates.Add(Path.Combine(above.FullName, "shared"));
        return candidates.Select(candidate => Path.Combine(candidate, "data", "metrics", "calibration")).FirstOrDefault(Directory.Exists);
    }
}
