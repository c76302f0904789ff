using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators.Layouts;

/// <summary>The layouts that are read; a new one is a line here.</summary>
public static class GeneratorLayouts
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

    /// <summary>
    /// Finds the layout of a checkpoint by the names of its tensors, before which PyTorch's <c>DataParallel</c> may have put <c>module.</c>.
    /// </summary>
    /// <returns>The layout, and the tensors of the generator alone.</returns>
    /// <exception cref="CheckpointException">It is no PGGAN generator's.</exception>
    public static (IGeneratorLayout Layout, StateDict Tensors) Find(StateDict checkpoint)
    {
        var found = All
            .SelectMany(layout => layout.Containers.Select(container => (layout, tensors: container.Length == 0 ? checkpoint : checkpoint.Below(container))))
            .SelectMany(candidate => new[] { candidate, (candidate.layout, tensors: candidate.tensors.After("module.")) })
            .FirstOrDefault(candidate => candidate.layout.Matches(candidate.tensors));
        if (found.layout is not null) return found;
        var normalized = checkpoint.Names.FirstOrDefault(name => name.EndsWith("running_mean", StringComparison.Ordinal));
        throw SafetensorsHeader.Damaged(checkpoint.FileName, normalized is not null
            ? $"is another network than a PGGAN generator: it has batch normalization ('{normalized}'), which a PGGAN does not have"
            : $"is not a PGGAN generator in a layout that is known ({string.Join(", ", All.Select(layout => layout.Name))}): its tensors have names like "
                + $"'{checkpoint.Names.FirstOrDefault()}'");
    }
}
