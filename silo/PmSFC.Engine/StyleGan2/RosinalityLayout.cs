using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The names of rosinality's stylegan2-pytorch, in which the project keeps its own files too: <c>style.{i}</c> (mapping), <c>input.input</c>,
/// <c>conv1</c> and <c>convs.{i}</c> (blocks), <c>to_rgb1</c> and <c>to_rgbs.{i}</c>, <c>noises.noise_{i}</c>; <c>latent_avg</c> next to the network or
/// among its tensors. The project's own files have <c>conv_clamp</c> and <c>truncation</c> too, where there are any.
/// </summary>
public sealed class RosinalityLayout : StyleGan2Layout
{
    /// <inheritdoc/>
    public override string Name => "rosinality";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = ["conv1.conv.modulation.weight"];

    /// <inheritdoc/>
    public override bool IsOwn => true;

    private protected override IReadOnlyList<string> Filters { get; } = ["blur.kernel", "upsample.kernel"];

    /// <summary>What a tensor is called.</summary>
    internal static string OwnNameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"style.{index + 1}.weight",
            Part.MappingBias => $"style.{index + 1}.bias",
            Part.Constant => "input.input",
            Part.Kernel => $"{Block(index)}.conv.weight",
            Part.Modulation => $"{Block(index)}.conv.modulation.weight",
            Part.ModulationBias => $"{Block(index)}.conv.modulation.bias",
            Part.NoiseStrength => $"{Block(index)}.noise.weight",
            Part.Bias => $"{Block(index)}.activate.bias",
            Part.Noise => $"noises.noise_{index}",
            Part.RgbKernel => $"{Rgb(index)}.conv.weight",
            Part.RgbModulation => $"{Rgb(index)}.conv.modulation.weight",
            Part.RgbModulationBias => $"{Rgb(index)}.conv.modulation.bias",
            Part.RgbBias => $"{Rgb(index)}.bias",
            Part.MeanStyle => "latent_avg",
            Part.Truncation => "truncation",
            _ => "conv_clamp",
        };

    private protected override string NameOf(Part part, int index) => OwnNameOf(part, index);

    private protected override StateDict? HolderOfMeanStyle(StateDict tensors) =>
        base.HolderOfMeanStyle(tensors) ?? (tensors.Whole.Contains(NameOf(Part.MeanStyle, 0)) ? tensors.Whole : null);

    private protected override double ClampOf(StateDict tensors, int blocks) =>
        tensors.Contains(NameOf(Part.Clamp, 0)) ? tensors.ReadFloats(NameOf(Part.Clamp, 0), 1)[0] : 0;

    private static string Block(int index) => index == 0 ? "conv1" : $"convs.{index - 1}";

    private static string Rgb(int index) => index == 0 ? "to_rgb1" : $"to_rgbs.{index / 2 - 1}";
}
