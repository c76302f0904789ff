using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The official pickles of NVIDIA's stylegan2 and stylegan2-ada for TensorFlow, (G, D, Gs), of which Gs is read, the average over training. Its parts are in
/// networks of their own: <c>Dense{i}</c> of the mapping, <c>4x4/Const/const</c>, <c>4x4/Conv</c>, <c>{r}x{r}/Conv0_up</c>, <c>{r}x{r}/Conv1</c> and
/// <c>{r}x{r}/ToRGB</c> of the synthesis, <c>dlatent_avg</c> outside. Weights lie as [input, output], kernels as [height, width, input, output], and those
/// that enlarge turned round; scales of a style are stored without the 1 that they begin at.
/// </summary>
public sealed class KarrasStyleGan2Layout : StyleGan2Layout
{
    private const string Synthesis = "components/synthesis/variables/",
        MappingNetwork = "components/mapping/variables/";

    /// <inheritdoc/>
    public override string Name => "karras-stylegan2";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = [$"{Synthesis}4x4/Conv/mod_weight"];

    /// <summary>They are no part of the file.</summary>
    private protected override IReadOnlyList<string> Filters => [];

    private protected override string Condition => $"{MappingNetwork}LabelConcat/weight";

    private protected override string NameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"{MappingNetwork}Dense{index}/weight",
            Part.MappingBias => $"{MappingNetwork}Dense{index}/bias",
            Part.Constant => $"{Synthesis}4x4/Const/const",
            Part.Kernel => $"{Block(index)}/weight",
            Part.Modulation => $"{Block(index)}/mod_weight",
            Part.ModulationBias => $"{Block(index)}/mod_bias",
            Part.NoiseStrength => $"{Block(index)}/noise_strength",
            Part.Bias => $"{Block(index)}/bias",
            Part.Noise => $"{Synthesis}noise{index}",
            Part.RgbKernel => $"{Rgb(index)}/weight",
            Part.RgbModulation => $"{Rgb(index)}/mod_weight",
            Part.RgbModulationBias => $"{Rgb(index)}/mod_bias",
            Part.RgbBias => $"{Rgb(index)}/bias",
            Part.MeanStyle => "variables/dlatent_avg",
            _ => "conv_clamp",
        };

    private protected override (long Outputs, long Inputs)? KernelSizes(IReadOnlyList<long> shape, int side) =>
        KarrasTensors.KernelSizes(shape, side);

    private protected override (long Style, long Latent)? MappingSizes(IReadOnlyList<long> shape) => KarrasTensors.MappingSizes(shape);

    private protected override void CheckKind(StateDict tensors)
    {
        base.CheckKind(tensors);
        if (tensors.Contains($"{Synthesis}ToRGB_lod0/weight"))
            throw WithoutSkips(tensors, $"{Synthesis}ToRGB_lod0/weight");
    }

    private protected override float[] ReadPart(StateDict tensors, Part part, int index, long[] shape)
    {
        var name = NameOf(part, index);
        switch (part)
        {
            case Part.MappingWeight or Part.Modulation or Part.RgbModulation:
                return KarrasTensors.ReadWeight(tensors, name, shape[0], shape[1]);
            case Part.Kernel or Part.RgbKernel:
                var kernel = KarrasTensors.ReadKernel(tensors, name, shape.AsSpan(1));
                return part is Part.Kernel && StyleGan2Architecture.Enlarges(index) ? Turned(kernel) : kernel;
            case Part.ModulationBias or Part.RgbModulationBias:
                return Array.ConvertAll(base.ReadPart(tensors, part, index, shape), value => value + 1);
            default:
                return base.ReadPart(tensors, part, index, shape);
        }
    }

    private static string Block(int index) => $"{Resolution(index)}/{(index == 0 ? "Conv" : index % 2 == 1 ? "Conv0_up" : "Conv1")}";

    private static string Rgb(int index) => $"{Resolution(index)}/ToRGB";

    private static string Resolution(int index)
    {
        var side = StyleGan2Architecture.ResolutionOf(index);
        return $"{Synthesis}{side}x{side}";
    }
}
