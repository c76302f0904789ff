using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A code base's names for the tensors of a StyleGAN2 generator. What is read lies as <see cref="RosinalityLayout"/> has it: weights unscaled, with 1/√fan-in
/// to be multiplied, the mapping's with a further 0.01, and scales of a style that begin at 1.
/// </summary>
public abstract class StyleGan2Layout : IGeneratorLayout
{
    // The filter of the published networks is the outer product of these, with a sum of 1 or, since maps are enlarged to four times as many pixels, 4.
    private static readonly float[] Taps = [1, 3, 3, 1];

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Marks { get; }

    /// <inheritdoc/>
    public virtual bool IsOwn => false;

    /// <summary>The end of the names of filters.</summary>
    private protected abstract IReadOnlyList<string> Filters { get; }

    /// <summary>The sum of a filter.</summary>
    private protected virtual double FilterSum => 4;

    /// <summary>A tensor that a generator has which draws by class; null where the code base has no such generators.</summary>
    private protected virtual string? Condition => null;

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        CheckKind(tensors);
        var architecture = ArchitectureOf(tensors);
        var hasNoise = tensors.Contains(NameOf(Part.Noise, 0));
        CheckFilters(tensors);
        var values = new Dictionary<(Part, int), float[]>();
        foreach (var (part, index, shape) in StyleGan2Weights.PartsOf(architecture))
        {
            if (!hasNoise && (part is Part.Noise || (part is Part.NoiseStrength && !tensors.Contains(NameOf(part, index)))))
                continue;
            if (part is Part.Clamp)
                values[(part, index)] = [architecture.Clamp];
            else if (part is Part.Truncation)
            {
                if (TruncationOf(tensors) is { } truncation)
                    values[(part, index)] = [CheckTruncation(truncation, tensors.FileName)];
            }
            else if (part is not Part.MeanStyle)
                values[(part, index)] = ReadPart(tensors, part, index, shape);
            else if (HolderOfMeanStyle(tensors) is { } holder)
                values[(part, index)] = ReadPart(holder, part, index, shape);
        }

        return new StyleGan2Weights(architecture, values);
    }

    /// <summary>What a tensor is called.</summary>
    private protected abstract string NameOf(Part part, int index);

    /// <summary>A tensor's elements in the order of the project's own files.</summary>
    /// <param name="tensors">Where it is.</param>
    /// <param name="part">What it is.</param>
    /// <param name="index">Of which layer of the mapping or which block.</param>
    /// <param name="shape">Its sizes in the project's own files; those that are 1 may be left out in others.</param>
    private protected virtual float[] ReadPart(StateDict tensors, Part part, int index, long[] shape) =>
        ReadShaped(tensors, NameOf(part, index), shape);

    /// <summary>The sizes [O, I, k, k] of a block's kernel or of an RGB image's; null where it has not such sizes.</summary>
    private protected virtual (long Outputs, long Inputs)? KernelSizes(IReadOnlyList<long> shape, int side) =>
        shape is [1, var outputs, var inputs, var height, var width] && height == side && width == side ? (outputs, inputs)
        : shape is [var first, var second, var high, var wide] && high == side && wide == side ? (first, second)
        : null;

    /// <summary>The lengths of styles and of codes from the weight of the mapping's first layer; null where it has not two sizes.</summary>
    private protected virtual (long Style, long Latent)? MappingSizes(IReadOnlyList<long> shape) =>
        shape is [var style, var latent] ? (style, latent) : null;

    /// <summary>The largest absolute value of maps; 0 where they are not clamped.</summary>
    private protected virtual double ClampOf(StateDict tensors, int blocks) => 0;

    /// <summary>ψ, by which the file says that styles are drawn nearer to their mean; null where it says nothing.</summary>
    private protected virtual float? TruncationOf(StateDict tensors) => null;

    /// <summary>Where the mean style is; null where it is not stored.</summary>
    private protected virtual StateDict? HolderOfMeanStyle(StateDict tensors) =>
        tensors.Contains(NameOf(Part.MeanStyle, 0)) ? tensors : null;

    /// <summary>Demands what the network must be beside its tensors' names.</summary>
    private protected virtual void CheckKind(StateDict tensors)
    {
        if (Condition is { } condition && tensors.Contains(condition))
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"is a conditional StyleGAN2 ('{condition}'), which draws by class; only unconditional generators are read"
            );
    }

    /// <summary>A tensor's elements, whatever sizes of 1 there are among its sizes.</summary>
    private protected static float[] ReadShaped(StateDict tensors, string name, params long[] shape)
    {
        long[] wanted = [.. shape.Where(size => size != 1)];
        long[] stored = [.. tensors.Shape(name)];
        return tensors.ReadFloats(name, wanted.SequenceEqual(stored.Where(size => size != 1)) ? stored : wanted);
    }

    /// <summary>What to throw where RGB is made of the last maps alone.</summary>
    /// <param name="tensors">The generator's.</param>
    /// <param name="name">The weight that makes it.</param>
    private protected static CheckpointException WithoutSkips(StateDict tensors, string name) =>
        SafetensorsHeader.Damaged(
            tensors.FileName,
            $"is a StyleGAN2 that makes RGB of its last maps alone ('{name}'), without skips; only generators with skips are read"
        );

    /// <summary>Turns kernels of 3×3 round, in place.</summary>
    private protected static float[] Turned(float[] kernels)
    {
        for (var first = 0; first < kernels.Length; first += 9)
            kernels.AsSpan(first, 9).Reverse();
        return kernels;
    }

    private static float CheckTruncation(float truncation, string file) =>
        truncation is > 0 and <= 1
            ? truncation
            : throw SafetensorsHeader.Damaged(file, $"truncates its styles by {truncation}, but numbers above 0 and up to 1 are read");

    private StyleGan2Architecture ArchitectureOf(StateDict tensors)
    {
        var weight = NameOf(Part.MappingWeight, 0);
        var mapping = tensors.CountInARow(i => NameOf(Part.MappingWeight, i));
        var blocks = tensors.CountInARow(i => NameOf(Part.Kernel, i));
        if (mapping == 0)
            throw SafetensorsHeader.Damaged(tensors.FileName, $"lacks the tensor '{weight}', the mapping from codes to styles");
        if (MappingSizes(tensors.Shape(weight)) is not var (style, latent))
            throw tensors.WrongShape(weight, "[style, latent]");
        var channels = new int[blocks];
        for (var i = 0; i < blocks; i++)
        {
            var name = NameOf(Part.Kernel, i);
            channels[i] = KernelSizes(tensors.Shape(name), 3) is (> 0 and <= 65536, _) and var (outputs, _)
                ? (int)outputs
                : throw tensors.WrongShape(name, "a kernel of 3×3");
        }

        // Where a resolution has no RGB image, the last one may have: the networks without skips.
        var rgb = NameOf(Part.RgbKernel, blocks - 1);
        if (!tensors.Contains(NameOf(Part.RgbKernel, 0)) && tensors.Contains(rgb))
            throw WithoutSkips(tensors, rgb);
        if (KernelSizes(tensors.Shape(rgb), 1) is not var (colors, _))
            throw tensors.WrongShape(rgb, "a kernel of 1×1");
        var clamp = ClampOf(tensors, blocks);
        if (clamp != 0 && !(clamp is >= 1 and <= int.MaxValue && Math.Floor(clamp) == clamp))
            throw SafetensorsHeader.Damaged(tensors.FileName, $"clamps its maps to ±{clamp}, but whole numbers from 1 are read");
        try
        {
            return new StyleGan2Architecture(Size(latent), channels, Size(style), mapping, Size(colors)) { Clamp = (int)clamp };
        }
        catch (ArgumentException e)
        {
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"has sizes that no StyleGAN2 generator has: {e.Message.Split(" (Parameter")[0].TrimEnd('.')}"
            );
        }

        static int Size(long size) => (int)Math.Clamp(size, 0, 65536);
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
