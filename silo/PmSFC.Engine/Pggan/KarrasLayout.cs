using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// The official pickles of progressive_growing_of_gans, (G, D, Gs), of which Gs is read, the average over training: <c>4x4/Dense</c>, <c>4x4/Conv</c>,
/// <c>{r}x{r}/Conv0_up</c> or <c>{r}x{r}/Conv0</c>, <c>{r}x{r}/Conv1</c>, <c>ToRGB_lod0</c>, each with <c>weight</c> and <c>bias</c>. Kernels lie as
/// [height, width, input, output]; that of a <c>Conv0_up</c>, which upsamples at the same time by a transposed convolution, as [3, 3, output, input] and
/// turned round. Scales are genforce's. The program text that such a pickle carries is not looked at.
/// </summary>
public sealed class KarrasLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public string Name => "karras";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["4x4/Dense/weight"];

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        FadeIn.CheckIsOver(tensors, "lod");
        var blocks = LayerReader.CountBlocks(tensors, i => $"{Block(tensors, i)}/weight");
        var layers = LayerReader.Chain(blocks, (i, input) =>
            i == 0 ? Dense(tensors) : Layer(tensors, Block(tensors, i), 3, input, -1, LayerReader.BlockGain)
        );
        return new PgganWeights(layers, Layer(tensors, "ToRGB_lod0", 1, layers[^1].Shape[0], 3, 1));
    }

    private static string Block(StateDict tensors, int index)
    {
        var place = $"{4 << (index / 2)}x{4 << (index / 2)}";
        return index switch
        {
            0 => $"{place}/Dense",
            1 => $"{place}/Conv",
            _ when index % 2 == 1 => $"{place}/Conv1",
            _ => tensors.Contains($"{place}/Conv0_up/weight") ? $"{place}/Conv0_up" : $"{place}/Conv0",
        };
    }

    private static LayerWeights Dense(StateDict tensors)
    {
        const string DenseWeight = "4x4/Dense/weight";
        if (
            tensors.Shape(DenseWeight) is not [var latent, var outputs]
            || outputs % 16 != 0
            || !LayerReader.IsCount(outputs / 16)
            || !LayerReader.IsCount(latent)
        )
            throw tensors.WrongShape(DenseWeight, "[latent, 16 × channels]");

        // [latent, C, 4, 4] to the kernel [C, latent, 4, 4] of a convolution, which turns it round.
        var weight = ElementOrder.Permute(tensors.ReadFloats(DenseWeight, latent, outputs), [latent, outputs / 16, 4, 4], [1, 0, 2, 3], d =>
            d >= 2
        );
        return new LayerWeights(
            weight,
            [outputs / 16, latent, 4, 4],
            LayerReader.BlockGain / Math.Sqrt(latent * 16),
            tensors.ReadFloats("4x4/Dense/bias", outputs / 16)
        );
    }

    private static LayerWeights Layer(StateDict tensors, string name, int size, long input, long output, double gain)
    {
        var isFused = name.EndsWith("_up", StringComparison.Ordinal);
        if (tensors.Shape($"{name}/weight") is not [var height, var width, var third, var fourth] || height != size || width != size)
            throw tensors.WrongShape($"{name}/weight", $"[{size}, {size}, …]");
        var (into, outputs) = isFused ? (fourth, third) : (third, fourth);
        if (into != input || !LayerReader.IsCount(outputs) || (output >= 0 && outputs != output))
            throw tensors.WrongShape($"{name}/weight", $"{input} input and {(output < 0 ? "any" : output)} output channels");

        int[] order = isFused ? [2, 3, 0, 1] : [3, 2, 0, 1];
        var weight = ElementOrder.Permute(
            tensors.ReadFloats($"{name}/weight", height, width, third, fourth),
            [height, width, third, fourth],
            order,
            d => isFused && d >= 2
        );
        return new LayerWeights(
            weight,
            [outputs, into, size, size],
            gain / Math.Sqrt(into * size * size),
            tensors.ReadFloats($"{name}/bias", outputs)
        );
    }
}
