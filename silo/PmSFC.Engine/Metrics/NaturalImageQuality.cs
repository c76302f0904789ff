using MathNet.Numerics.LinearAlgebra;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// NIQE (Mittal, Soundararajan and Bovik 2013): how far the statistics of an image's luma are from those of natural photographs, whose mean and
/// covariance are parameters. It looks at the image alone: at its blocks of 96×96 pixels, and at them again at half the scale.
/// </summary>
/// <remarks>
/// Two lumas are in use and give different numbers. BasicSR and the papers on super-resolution that follow it take that of MATLAB's rgb2ycbcr
/// (16–235); NIQE's authors take that of rgb2gray (0–255). Both round it, and so does adding a level to all pixels: rgb2gray's luma then grows by one
/// everywhere, that of rgb2ycbcr by one or by none, which alone moves the number by some tenths in a picture of low contrast.
/// Filters and halving are in single precision, in BasicSR's order.
/// </remarks>
public sealed class NaturalImageQuality : IWeightedMetric
{
    private const int Features = 2 * SceneStatistics.Count;
    private const int WindowSize = 7;
    private const int BlockSize = 96;
    private const float White = 255;

    private readonly Func<Rgb, float> _luma;

    private NaturalImageQuality(string name, string title, Func<Rgb, float> luma)
    {
        Name = name;
        Title = title;
        _luma = luma;
    }

    /// <summary>NIQE of the luma of rgb2ycbcr, as BasicSR computes it.</summary>
    public static NaturalImageQuality OfStudioLuma { get; } =
        new("niqe", "NIQE", pixel =>
            MathF.Round(
                (float)((65.481 * (pixel.R / White) + 128.553 * (pixel.G / White) + 24.966 * (pixel.B / White) + 16) / White) * White
            )
        );

    /// <summary>NIQE of the luma of rgb2gray, as its authors compute it.</summary>
    public static NaturalImageQuality OfGray { get; } =
        new("niqe-gray", "NIQE of gray", pixel =>
            (float)Math.Round(0.298936021293775 * pixel.R + 0.587043074451121 * pixel.G + 0.114020904255103 * pixel.B)
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Title { get; }

    /// <inheritdoc/>
    public string Unit => "0 and more";

    /// <inheritdoc/>
    public bool HigherIsBetter => false;

    /// <inheritdoc/>
    public int Digits => 2;

    /// <summary>2: filters in single precision, and rgb2gray's coefficients in full.</summary>
    public int Definition => 2;

    /// <inheritdoc/>
    public LoadedMetric Load(WeightsFolder folder)
    {
        var (source, (mean, covariance, window)) = folder.Read(
            "NIQE parameters",
            ReadParameters,
            "niqe/niqe_pris_params.npz",
            "niqe_pris_params.npz"
        );
        return new LoadedMetric(this, [source], (_, image) => Distance(image, mean, covariance, window));
    }

    private static (Vector<double> Mean, Matrix<double> Covariance, double[] Window) ReadParameters(StateDict file)
    {
        var arrays = NetworkSearch.FindOrThrow(file, "mu_pris_param").Tensors;
        return (
            Vector<double>.Build.Dense(arrays.ReadDoubles("mu_pris_param", 1, Features)),
            Matrix<double>.Build.DenseOfRowMajor(Features, Features, arrays.ReadDoubles("cov_pris_param", Features, Features)),
            arrays.ReadDoubles("gaussian_window", WindowSize, WindowSize)
        );
    }

    private double Distance(RgbImage image, Vector<double> naturalMean, Matrix<double> naturalCovariance, double[] window)
    {
        int columns = image.Width / BlockSize,
            rows = image.Height / BlockSize;
        if (columns * rows < 2)
            throw new UndefinedMetricException(
                $"{Name} needs two blocks of {BlockSize}×{BlockSize} pixels side by side or one above the other, but the image is {image.Width}×{image.Height}."
            );
        var whole = Luma(image, columns * BlockSize, rows * BlockSize);
        var large = SceneStatistics.OfBlocks(whole, window, BlockSize);
        var half = whole.Map(value => value / White).Halve().Map(value => value * White);
        var small = SceneStatistics.OfBlocks(half, window, BlockSize / 2);
        var blocks = Matrix<double>.Build.DenseOfRowArrays(large.Zip(small, (a, b) => (double[])[.. a, .. b]));

        // As in the reference code, the mean leaves out what is undefined feature by feature, the covariance block by block.
        var mean = Vector<double>.Build.DenseOfEnumerable(
            blocks.EnumerateColumns().Select(column => column.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average())
        );
        var textured = blocks.EnumerateRows().Where(row => !row.Any(double.IsNaN)).ToList();
        if (textured.Count < 2)
            throw new UndefinedMetricException(
                $"{Name} needs two blocks of {BlockSize}×{BlockSize} pixels with texture, where luma crosses the mean of its surroundings along rows, columns "
                    + $"and both diagonals, at full and at half size, but of this image's {blocks.RowCount} blocks {(textured.Count == 1 ? "one has" : "none has")} it."
            );
        var centred = Matrix<double>.Build.DenseOfRowVectors(textured);
        centred = Matrix<double>.Build.DenseOfRowVectors(textured.Select(row => row - centred.ColumnSums() / textured.Count));
        var covariance = centred.TransposeThisAndMultiply(centred) / (textured.Count - 1);
        var difference = naturalMean - mean;
        return Math.Sqrt(difference * ((naturalCovariance + covariance) / 2).PseudoInverse() * difference);
    }

    private Plane Luma(RgbImage image, int width, int height)
    {
        var luma = new Plane(width, height);
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            luma[x, y] = _luma(image[x, y]);
        return luma;
    }
}
