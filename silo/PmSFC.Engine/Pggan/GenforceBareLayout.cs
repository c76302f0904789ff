using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// The names of genforce's later code: <c>layer{i}.weight</c>, <c>layer{i}.bias</c>, <c>output{b}.weight</c>, <c>output{b}.bias</c>, <c>lod</c>, scaled
/// as in <see cref="GenforceLayout"/>. Where it upsamples by transposed convolutions, the weights of those lie as [input, output, 3, 3], which shows
/// where a resolution has other channels than the one before; a generator where none has is read as one that does not.
/// </summary>
public sealed class GenforceBareLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public string Name => "genforce-bare";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["layer0.bias"];

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        FadeIn.CheckIsOver(tensors, "lod");
        var blocks = LayerReader.CountBlocks(tensors, WeightName);
        var fused = LayerReader.IsTransposed(tensors, blocks, WeightName, BiasName) == true;
        var layers = LayerReader.Chain(blocks, (i, input) =>
            fused && i > 0 && i % 2 == 0
                ? LayerReader.Transposed(tensors, WeightName(i), BiasName(i), input)
                : LayerReader.Kernel(tensors, WeightName(i), BiasName(i), input, i == 0 ? 4 : 3, LayerReader.BlockGain)
        );
        var output = $"output{blocks / 2 - 1}";
        return new PgganWeights(layers, LayerReader.Rgb(tensors, $"{output}.weight", $"{output}.bias", layers[^1].Shape[0], 1));
    }

    private static string WeightName(int layer) => $"layer{layer}.weight";

    private static string BiasName(int layer) => $"layer{layer}.bias";
}
