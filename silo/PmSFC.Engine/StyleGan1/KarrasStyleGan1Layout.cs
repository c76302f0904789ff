using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// The official pickles of NVIDIA's stylegan for TensorFlow, (G, D, Gs), of which Gs is read, the average over training. Its parts are in networks of their own:
/// <c>Dense{i}</c> of the mapping; <c>4x4/Const</c>, <c>4x4/Conv</c>, <c>{r}x{r}/Conv0_up</c>, <c>{r}x{r}/Conv1</c> and <c>ToRGB_lod0</c> of the synthesis;
/// <c>dlatent_avg</c> outside. Weights lie as [input, output], kernels as [height, width, input, output].
/// </summary>
public sealed class KarrasStyleGan1Layout : StyleGan1Layout
{
    private const string Synthesis = "components/synthesis/variables/",
        MappingNetwork = "components/mapping/variables/";

    /// <inheritdoc/>
    public override string Name => "karras-stylegan1";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = [$"{Synthesis}4x4/Const/StyleMod/weight"];

    private protected override string Condition => $"{MappingNetwork}LabelConcat/weight";

    private protected override string LevelOfDetail => $"{Synthesis}lod";

    private protected override string NameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"{MappingNetwork}Dense{index}/weight",
            Part.MappingBias => $"{MappingNetwork}Dense{index}/bias",
            Part.MeanStyle => "variables/dlatent_avg",
            Part.Constant => $"{Synthesis}4x4/Const/const",
            Part.Kernel => $"{Block(index)}/weight",
            Part.Bias => $"{Block(index)}/bias",
            Part.NoiseStrength => $"{Block(index)}/Noise/weight",
            Part.Noise => $"{Synthesis}noise{index}",
            Part.Modulation => $"{Block(index)}/StyleMod/weight",
            Part.ModulationBias => $"{Block(index)}/StyleMod/bias",
            Part.RgbKernel => $"{Synthesis}ToRGB_lod0/weight",
            Part.RgbBias => $"{Synthesis}ToRGB_lod0/bias",
            _ => throw new ArgumentOutOfRangeException(nameof(part)),
        };

    private protected override (long Outputs, long Inputs)? KernelSizes(IReadOnlyList<long> shape, int side) =>
        KarrasTensors.KernelSizes(shape, side);

    private protected override (long Style, long Latent)? MappingSizes(IReadOnlyList<long> shape) => KarrasTensors.MappingSizes(shape);

    private protected override float[] ReadPart(StateDict tensors, Part part, int index, long[] shape) =>
        part switch
        {
            Part.MappingWeight or Part.Modulation => KarrasTensors.ReadWeight(tensors, NameOf(part, index), shape[0], shape[1]),
            Part.Kernel or Part.RgbKernel => KarrasTensors.ReadKernel(tensors, NameOf(part, index), shape),
            _ => base.ReadPart(tensors, part, index, shape),
        };

    private static string Block(int index)
    {
        var side = StyleGan1Architecture.ResolutionOf(index);
        var layer =
            index == 0 ? "Const"
            : index == 1 ? "Conv"
            : StyleGan1Architecture.Enlarges(index) ? "Conv0_up"
            : "Conv1";
        return $"{Synthesis}{side}x{side}/{layer}";
    }
}
