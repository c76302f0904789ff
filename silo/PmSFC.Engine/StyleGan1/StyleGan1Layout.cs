using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// A code base's names for the tensors of a StyleGAN1 generator. What is read lies as <see cref="GenforceStyleGan1Layout"/> has it: weights unscaled, with
/// √2/√fan-in to be multiplied, the mapping's with a further 0.01, and scales of a style without the 1 that they begin at.
/// </summary>
public abstract class StyleGan1Layout : StyledLayout
{
    private protected override string Title => "StyleGAN1";

    /// <summary>What the tensor lod is called.</summary>
    private protected abstract string LevelOfDetail { get; }

    private protected override StyledWeights ReadUnconditional(StateDict tensors)
    {
        FadeIn.CheckIsOver(tensors, LevelOfDetail);
        var architecture = ArchitectureOf(tensors);
        return new StyleGan1Weights(architecture, ReadParts(tensors, StyleGan1Weights.PartsOf(architecture)));
    }

    private StyleGan1Architecture ArchitectureOf(StateDict tensors)
    {
        var (mapping, style, latent) = MappingOf(tensors);
        var constant = NameOf(Part.Constant, 0);
        if (tensors.Shape(constant) is not [1, > 0 and <= 65536 and var first, 4, 4])
            throw tensors.WrongShape(constant, "[1, channels, 4, 4]");
        var last = NameOf(Part.MappingBias, mapping - 1);
        if (tensors.Shape(last) is [var places] && places != style)
        {
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"has a mapping that gives another style for each place ('{last}' has {places} numbers); only one style for all is read"
            );
        }

        var convolutions = tensors.CountInARow(i => NameOf(Part.Kernel, i + 1));
        int[] channels = [(int)first, .. Enumerable.Range(1, convolutions).Select(i => OutputsOf(tensors, i))];
        var rgb = NameOf(Part.RgbKernel, convolutions);
        if (!tensors.Contains(rgb) || KernelSizes(tensors.Shape(rgb), 1) is not var (colors, _))
            throw tensors.Contains(rgb)
                ? tensors.WrongShape(rgb, "a kernel of 1×1")
                : SafetensorsHeader.Damaged(tensors.FileName, $"lacks the tensor '{rgb}'");
        try
        {
            return new StyleGan1Architecture(Size(latent), channels, Size(style), mapping, Size(colors));
        }
        catch (ArgumentException e)
        {
            throw WithoutSuchSizes(tensors, e);
        }
    }
}
