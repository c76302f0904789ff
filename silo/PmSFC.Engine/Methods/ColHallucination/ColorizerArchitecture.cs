using PmSFC.Engine.Costs;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>
/// The sizes of a colorizer (Zhang, Isola and Efros 2016), with the names of their public PyTorch checkpoint: from lightness to a distribution over
/// colours at a quarter of the resolution. Seven groups of 3×3 convolutions, the fifth and sixth dilated by 2, each convolution followed by a ReLU and
/// each group by a batch normalization; the first three end in a halving, the eighth begins with a doubling.
/// </summary>
/// <param name="Width">Maps of the first group, 64 for the authors; 2, 4 and 8 times as many further on.</param>
/// <param name="Bins">Q, the colours; 313 for the authors.</param>
internal sealed record ColorizerArchitecture(int Width, int Bins)
{
    /// <summary>The layer that gives the distribution's logits.</summary>
    public const string Logits = "model8.6";

    /// <summary>The matrix from the distribution to a and b, in units of 110: [2, Q, 1, 1].</summary>
    public const string Output = "model_out.weight";

    /// <summary>Images must be divisible by it.</summary>
    public const int Halved = 8;

    /// <summary>Of what the distribution is computed for, the side of an image is a multiple.</summary>
    public const int Coarser = 4;

    private const double LightnessCenter = 50,
        LightnessUnit = 100,
        ColorUnit = 110,
        NormalizationEpsilon = 1e-5;

    private static readonly long[] Single = [1, 1],
        Double = [2, 2],
        Nothing = [0, 0];

    /// <summary>Every convolution in order.</summary>
    public IReadOnlyList<ColorizerLayer> Layers { get; } = [.. Describe(Width, Bins)];

    /// <summary>The names of the batch normalizations, and their maps.</summary>
    public IEnumerable<(string Name, int Maps)> Normalizations =>
        Layers.Where(layer => layer.Normalization is not null).Select(layer => (layer.Normalization!, layer.Output));

    /// <summary>Number of weights that are trained, biases not counted.</summary>
    public double Parameters => Layers.Sum(layer => (double)layer.Input * layer.Output * layer.Size * layer.Size);

    /// <summary>The logits of the distribution over colours.</summary>
    /// <param name="lightness">[N, 1, H, W]: CIELAB's L, 0 to 100.</param>
    /// <param name="tensors">Weights and biases by name; convolutions as <see cref="NetworkLayers.ChannelsLast"/> lays them out.</param>
    /// <param name="normalize">A batch normalization by its name.</param>
    /// <returns>[N, Q, H/4, W/4]; owned by the caller's dispose scope.</returns>
    public Tensor Classify(Tensor lightness, Func<string, Tensor> tensors, Func<string, Tensor, Tensor> normalize)
    {
        using var scope = NewDisposeScope();
        var x = lightness.Subtract(LightnessCenter).DivideBy(LightnessUnit);
        foreach (var layer in Layers)
        {
            var (weight, bias) = (tensors($"{layer.Name}.weight"), tensors($"{layer.Name}.bias"));
            x = layer.Doubles
                ? nn.functional.conv_transpose2d(x, weight, bias, Double, Single)
                : NetworkLayers.Convolve(x, weight, bias, [layer.Stride, layer.Stride], Padding(layer), Dilation(layer));
            if (layer.Name != Logits)
                x = x.relu_();
            if (layer.Normalization is { } name)
                x = normalize(name, x);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The mean colour of a distribution, annealed: raised to the power 1/T before (Zhang et al. 2016, Eq. 5).</summary>
    /// <param name="logits">[N, Q, h, w].</param>
    /// <param name="output">[2, Q, 1, 1], channels innermost.</param>
    /// <param name="temperature">T: 1 for the mean itself, towards 0 for the most likely colour.</param>
    /// <returns>[N, 2, 4h, 4w]: a and b; owned by the caller's dispose scope.</returns>
    public static Tensor Colors(Tensor logits, Tensor output, double temperature)
    {
        using var scope = NewDisposeScope();
        var distribution = logits.DivideBy(temperature).softmax(1);
        using var none = zeros(2, dtype: logits.dtype, device: logits.device);
        var colors = NetworkLayers.Convolve(distribution, output, none, Single, Nothing);
        long[] size = [Coarser * logits.shape[2], Coarser * logits.shape[3]];
        return nn
            .functional.interpolate(colors, size, mode: InterpolationMode.Bilinear, align_corners: false)
            .Multiply(ColorUnit)
            .MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="Output"/> holds for bins.</summary>
    /// <param name="centers">[Q, 2]: a and b.</param>
    /// <returns>[2, 1, 1, Q], channels innermost; owned by the caller's dispose scope.</returns>
    public static Tensor OutputOf(Tensor centers)
    {
        using var scope = NewDisposeScope();
        return centers.t().DivideBy(ColorUnit).contiguous().view(2, 1, 1, centers.shape[0]).MoveToOuterDisposeScope();
    }

    /// <summary>(x − mean) / √(variance + 1e-5), times a weight, plus a bias, by stored means and variances.</summary>
    public static Tensor Normalize(Tensor x, string name, Func<string, Tensor> tensors) =>
        nn.functional.batch_norm(
            x,
            tensors($"{name}.running_mean"),
            tensors($"{name}.running_var"),
            tensors($"{name}.weight"),
            tensors($"{name}.bias"),
            training: false,
            eps: NormalizationEpsilon
        );

    /// <summary>The same by the means and variances of the batch, which the stored ones follow by a tenth.</summary>
    public static Tensor NormalizeAndFollow(Tensor x, string name, Func<string, Tensor> tensors) =>
        nn.functional.batch_norm(
            x,
            tensors($"{name}.running_mean"),
            tensors($"{name}.running_var"),
            tensors($"{name}.weight"),
            tensors($"{name}.bias"),
            training: true,
            momentum: 0.1,
            eps: NormalizationEpsilon
        );

    /// <summary>What one pass over an image takes.</summary>
    /// <param name="resolution">Width and height of the image, pixels.</param>
    public NetworkCost Cost(int resolution)
    {
        double side = resolution;
        var cost = new NetworkCost(0, side * side, 0);
        foreach (var layer in Layers)
        {
            var input = layer.Input * side * side;
            side = layer.Doubles ? 2 * side : side / layer.Stride;
            var output = layer.Output * side * side;
            var taps = layer.Doubles ? layer.Size * layer.Size / 4 : layer.Size * layer.Size;
            var saved = layer.Normalization is null ? output : 2 * output;
            cost += new NetworkCost(saved, saved + Math.Max(2 * output, input + output), output * layer.Input * taps);
        }

        return cost;
    }

    private static IEnumerable<ColorizerLayer> Describe(int width, int bins)
    {
        // Of each group: maps, convolutions, the last one's stride, dilation.
        (int Maps, int Count, int Stride, int Dilation)[] groups =
        [
            (width, 2, 2, 1),
            (2 * width, 2, 2, 1),
            (4 * width, 3, 2, 1),
            (8 * width, 3, 1, 1),
            (8 * width, 3, 1, 2),
            (8 * width, 3, 1, 2),
            (8 * width, 3, 1, 1),
        ];
        var input = 1;
        foreach (var (group, (maps, count, stride, dilation)) in groups.Index())
        {
            for (var i = 0; i < count; i++)
            {
                var isLast = i == count - 1;
                yield return new ColorizerLayer($"model{group + 1}.{2 * i}", input, maps, 3, isLast ? stride : 1, dilation)
                {
                    Normalization = isLast ? $"model{group + 1}.{2 * count}" : null,
                };
                input = maps;
            }
        }

        yield return new ColorizerLayer("model8.0", input, 4 * width, 4, 2, 1) { Doubles = true };
        yield return new ColorizerLayer("model8.2", 4 * width, 4 * width, 3, 1, 1);
        yield return new ColorizerLayer("model8.4", 4 * width, 4 * width, 3, 1, 1);
        yield return new ColorizerLayer(Logits, 4 * width, bins, 1, 1, 1);
    }

    private static long[] Padding(ColorizerLayer layer) => layer.Size == 1 ? Nothing : [layer.Dilation, layer.Dilation];

    private static long[] Dilation(ColorizerLayer layer) => [layer.Dilation, layer.Dilation];
}
