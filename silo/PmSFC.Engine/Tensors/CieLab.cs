using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>CIELAB of sRGB under D65: L from 0 to 100, a and b with grays at 0. White is (1, 1, 1) exactly, as Y's row of the matrix makes it.</summary>
internal static class CieLab
{
    private const double Knee = 216.0 / 24389,
        Slope = 24389.0 / 27;

    private static readonly Scalar BySlope = Slope / 116,
        Offset = 16.0 / 116,
        Third = 1.0 / 3,
        Three = 3,
        KneeOfRoots = Knee;
    private static readonly Scalar Gamma = 2.4,
        ByGamma = 1 / 2.4,
        LinearKnee = 0.04045,
        EncodedKnee = 0.0031308;

    /// <summary>Linear RGB to X, Y and Z.</summary>
    private static readonly double[][] Rows =
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ];

    private static readonly double[] White = [.. Rows.Select(row => row.Sum())];

    /// <summary>a and b of a colour.</summary>
    /// <param name="red">Linear, 0 to 1, see <see cref="Linear"/>.</param>
    /// <param name="green">Likewise.</param>
    /// <param name="blue">Likewise.</param>
    public static (double A, double B) Chroma(double red, double green, double blue)
    {
        double x = Root(0),
            y = Root(1),
            z = Root(2);
        return (500 * (x - y), 200 * (y - z));

        double Root(int i)
        {
            var value = (Rows[i][0] * red + Rows[i][1] * green + Rows[i][2] * blue) / White[i];
            return value > Knee ? Math.Cbrt(value) : (Slope * value + 16) / 116;
        }
    }

    /// <summary>The linear intensity of a value of sRGB, both from 0 to 1.</summary>
    public static double Linear(double value) => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    /// <summary>CIELAB of images.</summary>
    /// <param name="images">[N, 3, H, W], −1 to 1; what lies outside is clamped.</param>
    /// <returns>[N, 3, H, W]: L, a and b; owned by the caller's dispose scope.</returns>
    public static Tensor FromImages(Tensor images)
    {
        using var scope = NewDisposeScope();
        var values = images.Clamp(-1, 1).Add(1).Multiply(0.5);
        var linear = where(values.le(LinearKnee), values.DivideBy(12.92), values.Add(0.055).DivideBy(1.055).pow(Gamma));
        var t = Mix(linear, Matrix());
        var f = where(t.gt(KneeOfRoots), t.clamp_min(KneeOfRoots).pow(Third), t.mul(BySlope).Add(Offset));
        var (x, y, z) = (f.narrow(1, 0, 1), f.narrow(1, 1, 1), f.narrow(1, 2, 1));
        return cat([y.Multiply(116).Subtract(16), (x - y).Multiply(500), (y - z).Multiply(200)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Images of CIELAB; colours that sRGB does not have are clamped to 0…1 in each of R, G and B.</summary>
    /// <param name="lab">[N, 3, H, W]: L, a and b.</param>
    /// <returns>[N, 3, H, W], −1 to 1; owned by the caller's dispose scope.</returns>
    public static Tensor ToImages(Tensor lab)
    {
        using var scope = NewDisposeScope();
        var y = lab.narrow(1, 0, 1).Add(16).DivideBy(116);
        var f = cat([y.Add(lab.narrow(1, 1, 1).DivideBy(500)), y, y - lab.narrow(1, 2, 1).DivideBy(200)], 1);
        var cube = f.pow(Three);
        var t = where(cube.gt(KneeOfRoots), cube, f.sub(Offset).div(BySlope));
        var linear = Mix(t, linalg.inv(Matrix())).Clamp(0, 1);
        var values = where(
            linear.le(EncodedKnee),
            linear.Multiply(12.92),
            linear.clamp_min(EncodedKnee).pow(ByGamma).Multiply(1.055).Subtract(0.055)
        );
        return values.Multiply(2).Subtract(1).MoveToOuterDisposeScope();
    }

    private static Tensor Mix(Tensor channels, Tensor matrix) =>
        einsum("oc,nchw->nohw", matrix.to(channels.dtype, channels.device), channels);

    /// <returns>[3, 3] on the CPU in double precision; each row sums to 1.</returns>
    private static Tensor Matrix()
    {
        var flat = Rows.SelectMany((row, i) => row.Select(value => value / White[i])).ToArray();
        return tensor(flat, dtype: ScalarType.Float64, device: CPU).view(3, 3);
    }
}
