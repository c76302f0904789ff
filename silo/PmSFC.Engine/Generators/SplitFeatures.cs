using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>What a generator's lower half gives at a cut: the maps that methods divide, compose and change, and what its upper half needs besides.</summary>
/// <param name="Maps">[N, C, h, w].</param>
/// <param name="Context">
/// The family's own tensors, [N, …] each, for example styles and an RGB image that later blocks add to; empty for a family whose upper half sees the maps
/// alone. Methods pass it on, and have it combined by <see cref="IGenerator.CombineContexts"/>.
/// </param>
public readonly record struct SplitFeatures(Tensor Maps, IReadOnlyList<Tensor> Context)
{
    /// <summary>Features whose context is empty.</summary>
    /// <param name="maps">[N, C, h, w].</param>
    public SplitFeatures(Tensor maps)
        : this(maps, []) { }

    /// <summary>Every tensor of it: the maps, then the context.</summary>
    public IEnumerable<Tensor> Tensors => Context.Prepend(Maps);

    /// <summary>Gives all its tensors to the scope around the current one.</summary>
    public SplitFeatures MoveToOuterDisposeScope()
    {
        foreach (var tensor in Tensors)
            tensor.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>The same change of every tensor.</summary>
    public SplitFeatures Select(Func<Tensor, Tensor> change) => new(change(Maps), [.. Context.Select(change)]);
}
