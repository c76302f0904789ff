using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// genforce's and mGANprior's names, which the project's own files have, too: <c>layer{i}.conv.weight</c>, <c>layer{i}.wscale.bias</c>,
/// <c>output{b}.…</c>, <c>lod</c>. Weights are stored without the equalized learning rate's scale, which is √2/√fan-in, and 1/√fan-in for the output
/// layer. A <c>layer{i}.weight</c> [3, 3, input, output] belongs to a transposed convolution that upsamples at the same time.
/// </summary>
public sealed class GenforceLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public string Name => "genforce";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["layer0.wscale.bias", "layer0.conv.weight"];

    /// <inheritdoc/>
    public bool IsOwn => true;

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        FadeIn.CheckIsOver(tensors, "lod");
        var blocks = LayerReader.CountBlocks(tensors, i => i > 0 && tensors.Contains(FusedName(i)) ? FusedName(i) : WeightName(i));
        var layers = LayerReader.Chain(blocks, (i, input) =>
            tensors.Contains(WeightName(i)) ? Block(tensors, i, input) : Fused(tensors, i, input)
        );
        var output = $"output{blocks / 2 - 1}";
        return new PgganWeights(layers, LayerReader.Rgb(tensors, $"{output}.conv.weight", $"{output}.wscale.bias", layers[^1].Shape[0], 1));
    }

    /// <summary>Tensors of a generator in this layout, as the project keeps them.</summary>
    internal static byte[] Write(PgganWeights weights)
    {
        var writer = new SafetensorsWriter()
            .AddMetadata("layout", "genforce")
            .AddMetadata("scale", "not folded in: sqrt(2)/sqrt(fan-in), 1/sqrt(fan-in) for RGB")
            .Add("lod", [0], 1);
        for (var i = 0; i < weights.Layers.Count; i++)
            Add($"layer{i}", weights.Layers[i], LayerReader.BlockGain);
        Add($"output{weights.Layers.Count / 2 - 1}", weights.Output, 1);
        return writer.ToArray();

        void Add(string name, LayerWeights layer, double gain)
        {
            long[] shape = [.. layer.Shape];
            var factor = layer.Scale / (gain / Math.Sqrt(shape[1] * shape[2] * shape[3]));
            writer.Add($"{name}.conv.weight", [.. layer.Weight.Select(value => (float)(value * factor))], shape);
            writer.Add($"{name}.wscale.bias", layer.Bias, layer.Bias.Length == shape[0] ? [shape[0]] : [shape[0], shape[2], shape[3]]);
        }
    }

    private static LayerWeights Block(StateDict tensors, int index, long input)
    {
        var size = index == 0 ? 4 : 3;
        var (weight, bias) = (WeightName(index), $"layer{index}.wscale.bias");
        if (index > 0 || !tensors.Contains(bias) || tensors.Shape(bias).Count != 3)
            return LayerReader.Kernel(tensors, weight, bias, input, size, LayerReader.BlockGain);

        // The project's own files of generators whose first layer has a bias for each of its 4×4 pixels.
        var shape = LayerReader.Shape(tensors, weight, input, size);
        return new LayerWeights(
            tensors.ReadFloats(weight, shape),
            shape,
            LayerReader.BlockGain / Math.Sqrt(shape[1] * 16),
            tensors.ReadFloats(bias, shape[0], 4, 4)
        );
    }

    private static LayerWeights Fused(StateDict tensors, int index, long input)
    {
        var name = FusedName(index);
        if (tensors.Shape(name) is not [3, 3, var into, var output] || into != input || !LayerReader.IsCount(output))
        {
            throw tensors.WrongShape(name, $"[3, 3, {input}, any]");
        }

        long[] shape = [3, 3, into, output];

        // A transposed convolution turns its kernel round.
        var weight = ElementOrder.Permute(tensors.ReadFloats(name, shape), shape, [3, 2, 0, 1], d => d >= 2);
        return new LayerWeights(
            weight,
            [output, into, 3, 3],
            LayerReader.BlockGain / Math.Sqrt(into * 9),
            tensors.ReadFloats($"layer{index}.wscale.bias", output)
        );
    }

    private static string WeightName(int layer) => $"layer{layer}.conv.weight";

    private static string FusedName(int layer) => $"layer{layer}.weight";
}
