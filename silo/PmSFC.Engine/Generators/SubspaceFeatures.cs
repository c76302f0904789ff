using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>What the codes of several subspaces give at a cut, where each makes the channels of its own subspace alone.</summary>
/// <param name="Maps">For each of R subspaces [B, K, C_r, h, w], channels ascending.</param>
/// <param name="Context">The family's own tensors of all codes, [B, R·K, …] each; see <see cref="SplitFeatures.Context"/>.</param>
public readonly record struct SubspaceFeatures(IReadOnlyList<Tensor> Maps, IReadOnlyList<Tensor> Context)
{
    /// <summary>Gives all its tensors to the scope around the current one.</summary>
    public SubspaceFeatures MoveToOuterDisposeScope()
    {
        foreach (var tensor in Maps.Concat(Context))
            tensor.MoveToOuterDisposeScope();
        return this;
    }
}
