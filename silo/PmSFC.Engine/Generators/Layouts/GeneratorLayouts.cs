using System.Globalization;
using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators.Layouts;

/// <summary>The layouts that are read; a new one is a line here.</summary>
public static partial class GeneratorLayouts
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IGeneratorLayout> All { get; } =
    [
        new GenforceLayout(),
        new GenforceBareLayout(),
        new GanDissectLayout(),
        new GanZooLayout(),
        new KarrasLayout(),
    ];

    /// <summary>Finds a PGGAN generator in a checkpoint, and its layout by the names of the tensors.</summary>
    /// <returns>The layout, and the generator alone.</returns>
    /// <exception cref="CheckpointException">There is none, or there are several and none is to be preferred.</exception>
    public static (IGeneratorLayout Layout, FoundNetwork Network) Find(StateDict checkpoint)
    {
        var marks = All.SelectMany(layout => layout.Marks.Select(mark => (layout, mark))).ToList();
        return NetworkSearch.Find(checkpoint, [.. marks.Select(known => known.mark)]) is { } network
            ? (marks[network.Mark].layout, network)
            : throw SafetensorsHeader.Damaged(checkpoint.FileName, checkpoint.DescribeModule() ?? AnotherNetwork(checkpoint));
    }

    private static string AnotherNetwork(StateDict checkpoint)
    {
        var names = checkpoint.Names;
        if (names.FirstOrDefault(name => name.Contains(".modulation.", StringComparison.Ordinal) || name.Contains("affine.weight", StringComparison.Ordinal)) is { } modulated)
            return $"is another network than a PGGAN generator: it modulates its layers ('{modulated}'), as StyleGAN2 and its successors do";
        if (names.FirstOrDefault(name => name.EndsWith("running_mean", StringComparison.Ordinal)) is { } normalized)
            return $"is another network than a PGGAN generator: it has batch normalization ('{normalized}'), which a PGGAN does not have";
        if (names.FirstOrDefault(name => name.Contains("fromrgb", StringComparison.OrdinalIgnoreCase)) is { } discriminator)
            return $"is a discriminator ('{discriminator}'), not a generator; name it with --perceptual beside the generator's file";
        var sides = names.Select(name => Side().Match(name)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        return sides.Count > 0 && sides.Min() > 4
            ? $"is no whole PGGAN generator: its layers' names begin at {sides.Min()}×{sides.Min()}, so the lower half of a generator is missing"
            : $"is not a PGGAN generator in a layout that is known ({string.Join(", ", All.Select(layout => layout.Name))}): its tensors have names like "
                + $"'{names.FirstOrDefault()}'";
    }

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,4})x\1(?![0-9])")]
    private static partial Regex Side();
}
