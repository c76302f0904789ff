using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

internal static class Calibration
{
    public static RgbImage Reference(string pair) => Read("ref", pair);

    public static RgbImage Distorted(string pair) => Read("dist", pair);

    private static RgbImage Read(string side, string pair) =>
        ImageFile.Read(Path.Combine(CalibrationTheoryAttribute.Folder!, side, pair + ".bmp")).Image;
}
