using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// The names of MMGeneration (OpenMMLab): <c>noise2feat.linear.weight_orig</c>, <c>noise2feat.bias</c>, <c>conv_blocks.{i}.conv.weight_orig</c>,
/// <c>torgb_layers.{s}.conv.weight_orig</c>. By default it upsamples by transposed convolutions, whose weights lie as [input, output, 3, 3] and are scaled
/// by their outputs as if those were their inputs; a generator whose shapes do not tell is read so. Its pixel norm adds 10⁻⁶ to the root of the mean
/// square, which the engine's does not: images differ by it only where all features of a pixel nearly vanish.
/// </summary>
public sealed class MmgenLayout : IGeneratorLayout
{
    private const string Dense = "noise2feat.linear.weight_orig";

    /// <inheritdoc/>
    public string Name => "mmgen";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = [Dense];

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        var blocks = LayerReader.CountBlocks(tensors, i => WeightName(Block(i + 1)), before: 1);
        var fused = LayerReader.IsTransposed(tensors, blocks, i => WeightName(Block(i)), i => BiasName(Block(i))) ?? true;
        var layers = LayerReader.Chain(blocks, (i, input) => i == 0
                ? LayerReader.Dense(tensors, Dense, "noise2feat.bias", channels => [1, channels, 1, 1], LayerReader.BlockGain / 4)
            : fused && i % 2 == 0 ? Fused(tensors, Block(i), input)
            : LayerReader.Kernel(tensors, WeightName(Block(i)), BiasName(Block(i)), input, 3, LayerReader.BlockGain));
        var rgb = $"torgb_layers.{blocks / 2 - 1}";
        return new PgganWeights(layers, LayerReader.Rgb(tensors, WeightName(rgb), BiasName(rgb), layers[^1].Shape[0], 1));
    }

    private static LayerWeights Fused(StateDict tensors, string block, long input)
    {
        var layer = LayerReader.Transposed(tensors, WeightName(block), BiasName(block), input);
        return layer with { Scale = LayerReader.BlockGain / Math.Sqrt(layer.Shape[0] * 9) };
    }

    private static string Block(int index) => $"conv_blocks.{index - 1}";

    private static string WeightName(string layer) => $"{layer}.conv.weight_orig";

    private static string BiasName(string layer) => $"{layer}.conv.bias";
}
