using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Styles;

/// <summary>A code base's names for the tensors of a generator with styles.</summary>
public abstract class StyledLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Marks { get; }

    /// <inheritdoc/>
    public virtual bool IsOwn => false;

    /// <summary>A tensor that a generator has which draws by class; null where the code base has no such generators.</summary>
    private protected virtual string? Condition => null;

    /// <summary>What its generators are called.</summary>
    private protected abstract string Title { get; }

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        if (Condition is { } condition && tensors.Contains(condition))
        {
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"is a conditional {Title} ('{condition}'), which draws by class; only unconditional generators are read"
            );
        }

        return ReadUnconditional(tensors);
    }

    /// <summary>Reads a generator that draws by codes alone.</summary>
    private protected abstract StyledWeights ReadUnconditional(StateDict tensors);

    /// <summary>What a tensor is called.</summary>
    private protected abstract string NameOf(Part part, int index);

    /// <summary>
    /// The elements of parts; strengths of noise with or without noises, the mean style and a truncation where there are any. Blocks have noises, and strengths,
    /// all or none.
    /// </summary>
    /// <param name="tensors">The generator's.</param>
    /// <param name="parts">What it has.</param>
    private protected Dictionary<(Part, int), float[]> ReadParts(StateDict tensors, IEnumerable<(Part Part, int Index, long[] Shape)> parts)
    {
        var all = parts.ToList();
        var hasNoise = Has(Part.Noise);
        var hasStrengths = hasNoise || Has(Part.NoiseStrength);
        var values = new Dictionary<(Part, int), float[]>();
        foreach (var (part, index, shape) in all)
        {
            if ((part is Part.Noise && !hasNoise) || (part is Part.NoiseStrength && !hasStrengths))
                continue;
            if (part is Part.Truncation)
            {
                if (TruncationOf(tensors) is { } truncation)
                    values[(part, index)] = [CheckTruncation(truncation, tensors.FileName)];
            }
            else if (part is not Part.MeanStyle)
                values[(part, index)] = ReadPart(tensors, part, index, shape);
            else if (HolderOfMeanStyle(tensors) is { } holder)
                values[(part, index)] = ReadPart(holder, part, index, shape);
        }

        return values;

        bool Has(Part part) => all.Exists(one => one.Part == part && tensors.Contains(NameOf(part, one.Index)));
    }

    /// <summary>A tensor's elements in the order of the project's own files.</summary>
    /// <param name="tensors">Where it is.</param>
    /// <param name="part">What it is.</param>
    /// <param name="index">Of which layer of the mapping or which block.</param>
    /// <param name="shape">Its sizes in the project's own files; those that are 1 may be left out in others.</param>
    private protected virtual float[] ReadPart(StateDict tensors, Part part, int index, long[] shape) =>
        ReadShaped(tensors, NameOf(part, index), shape);

    /// <summary>The lengths of styles and of codes from the weight of the mapping's first layer; null where it has not two sizes.</summary>
    private protected virtual (long Style, long Latent)? MappingSizes(IReadOnlyList<long> shape) =>
        shape is [var style, var latent] ? (style, latent) : null;

    /// <summary>The sizes [O, I, k, k] of a kernel; null where it has not such sizes.</summary>
    private protected virtual (long Outputs, long Inputs)? KernelSizes(IReadOnlyList<long> shape, int side) =>
        shape is [1, var outputs, var inputs, var height, var width] && height == side && width == side ? (outputs, inputs)
        : shape is [var first, var second, var high, var wide] && high == side && wide == side ? (first, second)
        : null;

    /// <summary>ψ, by which the file says that styles are drawn nearer to their mean; null where it says nothing.</summary>
    private protected float? TruncationOf(StateDict tensors) =>
        IsOwn && tensors.Contains(NameOf(Part.Truncation, 0)) ? tensors.ReadFloats(NameOf(Part.Truncation, 0), 1)[0] : null;

    /// <summary>Where the mean style is; null where it is not stored.</summary>
    private protected virtual StateDict? HolderOfMeanStyle(StateDict tensors) =>
        tensors.Contains(NameOf(Part.MeanStyle, 0)) ? tensors : null;

    /// <summary>The sizes of the mapping.</summary>
    private protected (int Layers, long Style, long Latent) MappingOf(StateDict tensors)
    {
        var weight = NameOf(Part.MappingWeight, 0);
        var layers = tensors.CountInARow(i => NameOf(Part.MappingWeight, i));
        if (layers == 0)
            throw SafetensorsHeader.Damaged(tensors.FileName, $"lacks the tensor '{weight}', the mapping from codes to styles");
        return MappingSizes(tensors.Shape(weight)) is var (style, latent)
            ? (layers, style, latent)
            : throw tensors.WrongShape(weight, "[style, latent]");
    }

    /// <summary>The outputs of a block's kernel of 3×3.</summary>
    private protected int OutputsOf(StateDict tensors, int block)
    {
        var name = NameOf(Part.Kernel, block);
        return KernelSizes(tensors.Shape(name), 3) is (> 0 and <= 65536, _) and var (outputs, _)
            ? (int)outputs
            : throw tensors.WrongShape(name, "a kernel of 3×3");
    }

    /// <summary>What to throw where sizes are read that no generator of the family has.</summary>
    private protected CheckpointException WithoutSuchSizes(StateDict tensors, ArgumentException reason) =>
        SafetensorsHeader.Damaged(
            tensors.FileName,
            $"has sizes that no {Title} generator has: {reason.Message.Split(" (Parameter")[0].TrimEnd('.')}"
        );

    /// <summary>A tensor's elements, whatever sizes of 1 there are among its sizes.</summary>
    private protected static float[] ReadShaped(StateDict tensors, string name, params long[] shape)
    {
        long[] wanted = [.. shape.Where(size => size != 1)];
        long[] stored = [.. tensors.Shape(name)];
        return tensors.ReadFloats(name, wanted.SequenceEqual(stored.Where(size => size != 1)) ? stored : wanted);
    }

    /// <summary>Turns kernels of 3×3 round, in place.</summary>
    private protected static float[] Turned(float[] kernels)
    {
        for (var first = 0; first < kernels.Length; first += 9)
            kernels.AsSpan(first, 9).Reverse();
        return kernels;
    }

    private protected static int Size(long size) => (int)Math.Clamp(size, 0, 65536);

    private static float CheckTruncation(float truncation, string file) =>
        DrawingOptions.CanTruncateBy(truncation)
            ? truncation
            : throw SafetensorsHeader.Damaged(file, $"truncates its styles by {truncation}, but numbers above 0 and up to 1 are read");
}
