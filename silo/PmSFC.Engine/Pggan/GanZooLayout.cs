using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// pytorch_GAN_zoo's names: <c>formatLayer.module.…</c>, <c>groupScale0.0.module.…</c>, <c>scaleLayers.{s}.{0, 1}.module.…</c>,
/// <c>toRGBLayers.{s}.module.…</c>, without <c>.module</c> in old files and as <see cref="NetworkSearch"/> gives them. Every layer, the dense one and that of RGB too, multiplies its weight and its
/// bias by √(2/fan-in); the dense one has a bias for each of its 4×4 pixels. Of the file's networks <c>avgG</c> is read, the average over training.
/// </summary>
public sealed class GanZooLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public string Name => "pytorch-gan-zoo";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["formatLayer.weight"];

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        var blocks = LayerReader.CountBlocks(tensors, i => $"{Scale(i)}.weight", before: 2);
        var layers = LayerReader.Chain(blocks, (i, input) =>
            i == 0
                ? ScaleBias(
                    LayerReader.Dense(tensors, "formatLayer.weight", "formatLayer.bias", channels => [16 * channels], LayerReader.BlockGain)
                )
                : Block(i, input)
        );
        var rgb = $"toRGBLayers.{blocks / 2 - 1}";
        return new PgganWeights(
            layers,
            ScaleBias(LayerReader.Rgb(tensors, $"{rgb}.weight", $"{rgb}.bias", layers[^1].Shape[0], LayerReader.BlockGain))
        );

        string Scale(int i) => $"scaleLayers.{i / 2}.{i % 2}";

        LayerWeights Block(int i, long input)
        {
            var name = i == 1 ? "groupScale0.0" : Scale(i - 2);
            return ScaleBias(LayerReader.Kernel(tensors, $"{name}.weight", $"{name}.bias", input, 3, LayerReader.BlockGain));
        }
    }

    private static LayerWeights ScaleBias(LayerWeights layer) =>
        layer with
        {
            Bias = [.. layer.Bias.Select(value => (float)(value * layer.Scale))],
        };
}
