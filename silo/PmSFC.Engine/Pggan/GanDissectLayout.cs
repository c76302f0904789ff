using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// The names of GANDissect and ganseeing: <c>layer{1…}.conv.weight</c>, <c>layer{i}.wscale.b</c>, <c>output_{r}x{r}.…</c>, and the older
/// <c>features.{0…}.…</c>, <c>output.…</c>. Scales are genforce's. Their network clamps its images to −1…1; the engine does so when it writes one.
/// </summary>
public sealed class GanDissectLayout : IGeneratorLayout
{
    private const string OldMark = "features.0.wscale.b";

    /// <inheritdoc/>
    public string Name => "gandissect";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["layer1.wscale.b", OldMark];

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        var isOld = IsOld(tensors);
        var blocks = LayerReader.CountBlocks(tensors, i => $"{Block(i)}.conv.weight");
        var layers = LayerReader.Chain(blocks, (i, input) =>
            LayerReader.Kernel(tensors, $"{Block(i)}.conv.weight", $"{Block(i)}.wscale.b", input, i == 0 ? 4 : 3, LayerReader.BlockGain)
        );
        var resolution = 4 << (blocks / 2 - 1);
        var output = isOld ? "output" : $"output_{resolution}x{resolution}";
        return new PgganWeights(layers, LayerReader.Rgb(tensors, $"{output}.conv.weight", $"{output}.wscale.b", layers[^1].Shape[0], 1));

        string Block(int i) => isOld ? $"features.{i}" : $"layer{i + 1}";
    }

    private static bool IsOld(StateDict tensors) => tensors.Contains(OldMark);
}
