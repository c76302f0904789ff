using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The names of genforce: <c>mapping.dense{i}</c>, <c>truncation.w_avg</c>, <c>synthesis.early_layer.const</c>, <c>synthesis.layer{i}</c> and
/// <c>synthesis.output{b}</c>. Scales of a style are stored without the 1 that they begin at, and kernels that enlarge turned round.
/// </summary>
public sealed class GenforceStyleGan2Layout : StyleGan2Layout
{
    /// <inheritdoc/>
    public override string Name => "genforce-stylegan2";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = ["synthesis.early_layer.const"];

    private protected override IReadOnlyList<string> Filters { get; } = ["filter.kernel", "upsample.kernel"];

    private protected override string Condition => "mapping.label_weight";

    private protected override string NameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"mapping.dense{index}.weight",
            Part.MappingBias => $"mapping.dense{index}.bias",
            Part.Constant => "synthesis.early_layer.const",
            Part.Kernel => $"synthesis.layer{index}.weight",
            Part.Modulation => $"synthesis.layer{index}.style.weight",
            Part.ModulationBias => $"synthesis.layer{index}.style.bias",
            Part.NoiseStrength => $"synthesis.layer{index}.noise_strength",
            Part.Bias => $"synthesis.layer{index}.bias",
            Part.Noise => $"synthesis.layer{index}.noise",
            Part.RgbKernel => $"synthesis.output{index / 2}.weight",
            Part.RgbModulation => $"synthesis.output{index / 2}.style.weight",
            Part.RgbModulationBias => $"synthesis.output{index / 2}.style.bias",
            Part.RgbBias => $"synthesis.output{index / 2}.bias",
            Part.MeanStyle => "truncation.w_avg",
            _ => "conv_clamp",
        };

    private protected override float[] ReadPart(StateDict tensors, Part part, int index, long[] shape)
    {
        var values = base.ReadPart(tensors, part, index, shape);
        return part switch
        {
            Part.ModulationBias or Part.RgbModulationBias => Array.ConvertAll(values, value => value + 1),
            Part.Kernel when StyleGan2Architecture.Enlarges(index) => Turned(values),
            _ => values,
        };
    }
}
