using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>A theory on the calibration pairs, skipped where they are not.</summary>
public sealed class CalibrationTheoryAttribute : TheoryAttribute
{
    public CalibrationTheoryAttribute()
    {
        if (!Directory.Exists(Folder)) Skip = "The calibration pairs are at neither ../shared/data/metrics/calibration nor below PMSFC_SHARED.";
    }

    public static string? Folder { get; } = Shared.Metrics is { } metrics ? Path.Combine(metrics, "calibration") : null;
}
