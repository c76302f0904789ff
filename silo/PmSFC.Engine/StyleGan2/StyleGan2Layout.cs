using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A code base's names for the tensors of a StyleGAN2 generator. What is read lies as <see cref="RosinalityLayout"/> has it: weights unscaled, with 1/√fan-in
/// to be multiplied, the mapping's with a further 0.01, and scales of a style that begin at 1.
/// </summary>
public abstract class StyleGan2Layout : StyledLayout
{
    // The filter of the published networks is the outer product of these, with a sum of 1 or, since maps are enlarged to four times as many pixels, 4.
    private static readonly float[] Taps = [1, 3, 3, 1];

    /// <summary>The end of the names of filters.</summary>
    private protected abstract IReadOnlyList<string> Filters { get; }

    /// <summary>The sum of a filter.</summary>
    private protected virtual double FilterSum => 4;

    private protected override string Title => "StyleGAN2";

    private protected override StyledWeights ReadUnconditional(StateDict tensors)
    {
        CheckKind(tensors);
        var architecture = ArchitectureOf(tensors);
        CheckFilters(tensors);
        var values = ReadParts(tensors, StyleGan2Weights.PartsOf(architecture).Where(part => part.Part is not Part.Clamp));
        if (architecture.Clamp > 0)
            values[(Part.Clamp, 0)] = [architecture.Clamp];
        return new StyleGan2Weights(architecture, values);
    }

    /// <summary>The largest absolute value of maps; 0 where they are not clamped.</summary>
    private protected virtual double ClampOf(StateDict tensors, int blocks) => 0;

    /// <summary>Demands what the names of the tensors do not say of the network.</summary>
    private protected virtual void CheckKind(StateDict tensors) { }

    /// <summary>What to throw where RGB is made of the last maps alone.</summary>
    /// <param name="tensors">The generator's.</param>
    /// <param name="name">The weight that makes it.</param>
    private protected static CheckpointException WithoutSkips(StateDict tensors, string name) =>
        SafetensorsHeader.Damaged(
            tensors.FileName,
            $"is a StyleGAN2 that makes RGB of its last maps alone ('{name}'), without skips; only generators with skips are read"
        );

    private StyleGan2Architecture ArchitectureOf(StateDict tensors)
    {
        var (mapping, style, latent) = MappingOf(tensors);
        int[] channels = [.. Enumerable.Range(0, tensors.CountInARow(i => NameOf(Part.Kernel, i))).Select(i => OutputsOf(tensors, i))];

        // Where a resolution has no RGB image, the last one may have: the networks without skips.
        var rgb = NameOf(Part.RgbKernel, channels.Length - 1);
        if (!tensors.Contains(NameOf(Part.RgbKernel, 0)) && tensors.Contains(rgb))
            throw WithoutSkips(tensors, rgb);
        if (KernelSizes(tensors.Shape(rgb), 1) is not var (colors, _))
            throw tensors.WrongShape(rgb, "a kernel of 1×1");
        var clamp = ClampOf(tensors, channels.Length);
        if (clamp != 0 && !(clamp is >= 1 and <= int.MaxValue && Math.Floor(clamp) == clamp))
            throw SafetensorsHeader.Damaged(tensors.FileName, $"clamps its maps to ±{clamp}, but whole numbers from 1 are read");
        try
        {
            return new StyleGan2Architecture(Size(latent), channels, Size(style), mapping, Size(colors)) { Clamp = (int)clamp };
        }
        catch (ArgumentException e)
        {
            throw WithoutSuchSizes(tensors, e);
        }
    }

    /// <summary>Demands that the filters of a file that has them are those of the published networks.</summary>
    private void CheckFilters(StateDict tensors)
    {
        foreach (var name in tensors.Names.Where(name => Filters.Any(end => name.EndsWith(end, StringComparison.Ordinal))))
        {
            var kernel = ReadShaped(tensors, name, Taps.Length, Taps.Length);
            for (var i = 0; i < kernel.Length; i++)
            {
                if (Math.Abs(kernel[i] - Taps[i / Taps.Length] * Taps[i % Taps.Length] * FilterSum / 64) > 1e-4)
                    throw SafetensorsHeader.Damaged(
                        tensors.FileName,
                        $"enlarges by another filter than [1, 3, 3, 1] ('{name}'), which is not read"
                    );
            }
        }
    }
}
