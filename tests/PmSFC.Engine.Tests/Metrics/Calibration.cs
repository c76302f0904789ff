using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>Pairs of a photograph and a distorted one.</summary>
internal abstract class Calibration : INeed
{
    private static readonly string? Folder = SharedFiles.Metrics is { } metrics ? Path.Combine(metrics, "calibration") : null;

    public static string? Missing =>
        Directory.Exists(Folder) ? null : "The calibration pairs are at neither ../shared/data/metrics/calibration nor below PMSFC_SHARED.";

    public static RgbImage Reference(string pair) => Read("ref", pair);

    public static RgbImage Distorted(string pair) => Read("dist", pair);

    private static RgbImage Read(string side, string pair) => ImageFile.Read(Path.Combine(Folder!, side, pair + ".bmp")).Image;
}
