using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The names of NVIDIA's stylegan2-ada-pytorch and of the StyleGAN2 of stylegan3: <c>mapping.fc{i}</c>, <c>mapping.w_avg</c>, <c>synthesis.b{r}</c> with
/// <c>const</c>, <c>conv0</c>, <c>conv1</c> and <c>torgb</c>. Kernels are not scaled before they are demodulated; a pickle of the whole network says too at
/// which value maps are clamped and what the mapping's weights are multiplied by.
/// </summary>
public sealed class AdaLayout : StyleGan2Layout
{
    /// <inheritdoc/>
    public override string Name => "stylegan2-ada";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = ["synthesis.b4.conv1.affine.weight"];

    private protected override IReadOnlyList<string> Filters { get; } = ["resample_filter"];

    private protected override double FilterSum => 1;

    private protected override string Condition => "mapping.embed.weight";

    private protected override string NameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"mapping.fc{index}.weight",
            Part.MappingBias => $"mapping.fc{index}.bias",
            Part.Constant => "synthesis.b4.const",
            Part.Kernel => $"{Block(index)}.weight",
            Part.Modulation => $"{Block(index)}.affine.weight",
            Part.ModulationBias => $"{Block(index)}.affine.bias",
            Part.NoiseStrength => $"{Block(index)}.noise_strength",
            Part.Bias => $"{Block(index)}.bias",
            Part.Noise => $"{Block(index)}.noise_const",
            Part.RgbKernel => $"{Rgb(index)}.weight",
            Part.RgbModulation => $"{Rgb(index)}.affine.weight",
            Part.RgbModulationBias => $"{Rgb(index)}.affine.bias",
            Part.RgbBias => $"{Rgb(index)}.bias",
            Part.MeanStyle => "mapping.w_avg",
            _ => $"{Block(index)}.conv_clamp",
        };

    private protected override void CheckKind(StateDict tensors)
    {
        if (tensors.OuterClass is { } outer)
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"is a network of the class {outer}, of which a StyleGAN2 is only a part; such networks are not read"
            );
        base.CheckKind(tensors);
        foreach (var layer in (string[])["mapping.fc0", Block(0)])
            if (tensors.Attribute($"{layer}.activation") is string and not "lrelu" and var activation)
                throw SafetensorsHeader.Damaged(
                    tensors.FileName,
                    $"has the activation '{activation}' in '{layer}', but 'lrelu' alone is read"
                );
    }

    private protected override float[] ReadPart(StateDict tensors, Part part, int index, long[] shape)
    {
        var values = base.ReadPart(tensors, part, index, shape);
        var factor = part switch
        {
            // The project's own files multiply by 1/√fan-in, so that what is added to the squares counts as here.
            Part.Kernel => Math.Sqrt(9 * shape[2]),
            Part.MappingWeight or Part.MappingBias => MappingRateOf(tensors, index) / StyleMapping.LearningRate,
            _ => 1,
        };
        if (factor == 1)
            return values;
        var scaled = Array.ConvertAll(values, value => (float)(value * factor));
        return Array.TrueForAll(scaled, float.IsFinite)
            ? scaled
            : throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"holds values in '{NameOf(part, index)}' that are too large for single precision; no generator has such weights"
            );
    }

    private protected override double ClampOf(StateDict tensors, int blocks)
    {
        double[] clamps =
        [
            .. Enumerable
                .Range(0, blocks)
                .SelectMany(i => i % 2 == 0 ? (string[])[Block(i), Rgb(i)] : [Block(i)])
                .Select(layer => Number(tensors.Attribute($"{layer}.conv_clamp")) ?? 0),
        ];
        return clamps.Distinct().Count() <= 1
            ? clamps[0]
            : throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"clamps its layers to different values ({string.Join(", ", clamps.Distinct())}), but one for all is read"
            );
    }

    private static double MappingRateOf(StateDict tensors, int index) =>
        Number(tensors.Attribute($"mapping.fc{index}.bias_gain")) ?? StyleMapping.LearningRate;

    private static double? Number(object? attribute) =>
        attribute switch
        {
            long number => number,
            double number => number,
            _ => null,
        };

    private static string Block(int index) => $"{Resolution(index)}.conv{(index % 2 == 1 ? 0 : 1)}";

    private static string Rgb(int index) => $"{Resolution(index)}.torgb";

    private static string Resolution(int index) => $"synthesis.b{StyleGan2Architecture.ResolutionOf(index)}";
}
