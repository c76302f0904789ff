using System.Globalization;
using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Generators;

/// <summary>The families of generators that are known, and what is found of them in files.</summary>
/// <param name="all">Every family; names and layouts are unique.</param>
public sealed partial class GeneratorFamilies(IReadOnlyList<IGeneratorFamily> all)
{
    /// <summary>Every family.</summary>
    public IReadOnlyList<IGeneratorFamily> All => all;

    private string Layouts => string.Join(", ", all.SelectMany(family => family.Layouts).Select(layout => layout.Name));

    private string Titles =>
        string.Join(", ", all.SkipLast(1).Select(family => family.Title)) + (all.Count > 1 ? " or " : "") + all[^1].Title;

    /// <summary>The family of a name; <see langword="null"/> where there is none.</summary>
    public IGeneratorFamily? Find(string name) => all.FirstOrDefault(family => family.Name == name);

    /// <summary>Reads a generator of any family, in any layout that is known.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged or no generator, lacks a tensor, holds one of a wrong shape or a weight that is not finite, or was stored in the middle of a
    /// fade-in.
    /// </exception>
    public IGeneratorWeights Read(ReadOnlyMemory<byte> content, string name)
    {
        var (layout, network) = Identify(StateDict.Read(content, name));
        return layout.Read(network.Tensors);
    }

    /// <summary>Finds a generator in a checkpoint, and its layout by the names of the tensors.</summary>
    /// <returns>The layout, and the generator alone.</returns>
    /// <exception cref="CheckpointException">There is none, or there are several and none is to be preferred.</exception>
    public (IGeneratorLayout Layout, FoundNetwork Network) Identify(StateDict checkpoint)
    {
        var marks = all.SelectMany(family => family.Layouts).SelectMany(layout => layout.Marks.Select(mark => (layout, mark))).ToList();
        return NetworkSearch.Find(checkpoint, [.. marks.Select(known => known.mark)]) is { } network
            ? (marks[network.Mark].layout, network)
            : throw SafetensorsHeader.Damaged(checkpoint.FileName, checkpoint.DescribeModule() ?? AnotherNetwork(checkpoint));
    }

    private string AnotherNetwork(StateDict checkpoint)
    {
        var names = checkpoint.Names;
        if (OfAModule(checkpoint) is { } module)
            return module;
        if (
            names.FirstOrDefault(name =>
                name.Contains(".modulation.", StringComparison.Ordinal) || name.Contains("affine.weight", StringComparison.Ordinal)
            ) is
            { } modulated
        )
            return $"modulates its layers ('{modulated}'), as StyleGAN2 and its successors do, but is in no layout that is read ({Layouts})";
        if (names.FirstOrDefault(name => name.EndsWith("running_mean", StringComparison.Ordinal)) is { } normalized)
            return $"is another network than a {Titles} generator: it has batch normalization ('{normalized}'), which a {Titles} does not have";
        if (names.FirstOrDefault(name => name.Contains("fromrgb", StringComparison.OrdinalIgnoreCase)) is { } discriminator)
            return $"is a discriminator ('{discriminator}'), not a generator; name it with --perceptual next to the generator's file";
        var sides = names
            .Select(name => Side().Match(name))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToList();
        return sides.Count > 0 && sides.Min() > 4
            ? $"is no whole {Titles} generator: its layers' names begin at {sides.Min()}×{sides.Min()}, so the lower half of a generator is missing"
            : $"is not a {Titles} generator in a layout that is known ({Layouts}): its tensors have names like "
                + $"'{names.FirstOrDefault()}'";
    }

    /// <summary>What to say of a file whose modules are read with the names of their classes; null where there are none.</summary>
    private static string? OfAModule(StateDict checkpoint)
    {
        var outer = checkpoint
            .Classes.Where(module => !checkpoint.Classes.Keys.Any(other => StateDict.IsInside(module.Key, other)))
            .OrderByDescending(module => module.Value.Contains("Generator", StringComparison.Ordinal))
            .ThenByDescending(module => module.Key.Contains("ema", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault();
        if (outer.Value is not { } name)
            return null;
        if (checkpoint.Names.Any(tensor => tensor.EndsWith("synthesis.input.freqs", StringComparison.Ordinal)))
            return $"is a StyleGAN3 or built on one (the class {name}), which is not read";
        var parts = checkpoint
            .Classes.Where(module =>
                StateDict.IsInside(module.Key, outer.Key) && !module.Key[outer.Key.Length..].TrimStart('.', '/').Contains('.')
            )
            .Select(module => module.Value)
            .ToList();
        return $"is a network of the class {name}{(parts.Count > 0 ? $", of {string.Join(" and ", parts)}" : "")}, which is not read";
    }

    [GeneratedRegex(@"(?<![0-9])([0-9]{1,4})x\1(?![0-9])")]
    private static partial Regex Side();
}
