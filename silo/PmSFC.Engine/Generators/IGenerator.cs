using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>
/// A generator on a device, weights frozen. It can be cut after any block into G1 (<see cref="Lower"/>) and G2 (<see cref="Upper"/>), and
/// G2(G1(z)) = G(z) at every cut. Latent codes are drawn from N(0, I). What a method returns is owned by the caller's dispose scope.
/// </summary>
public interface IGenerator : IDisposable
{
    /// <summary>Its sizes.</summary>
    GeneratorArchitecture Architecture { get; }

    /// <summary>Where its weights are, and where codes must be.</summary>
    Device Device { get; }

    /// <summary>Type of weights, codes and images.</summary>
    ScalarType Dtype { get; }

    /// <summary>The codes in the form that stands for all codes of the same image, such as one length for all; differentiable.</summary>
    /// <param name="z">[N, latent].</param>
    /// <returns>[N, latent]: the images of these codes are those of <paramref name="z"/>.</returns>
    Tensor NormalizeLatents(Tensor z);

    /// <summary>G1(z): the features at the cut.</summary>
    /// <param name="z">[N, latent].</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    SplitFeatures Lower(Tensor z, int split);

    /// <summary>The features at a later cut.</summary>
    /// <param name="features">Those after <paramref name="from"/> blocks.</param>
    /// <param name="from">Number of blocks before, at least 1.</param>
    /// <param name="to">Number of blocks after, from <paramref name="from"/> to <see cref="GeneratorArchitecture.Layers"/>.</param>
    SplitFeatures Advance(SplitFeatures features, int from, int to);

    /// <summary>The images of what the last block gives.</summary>
    /// <param name="features">Those after all blocks.</param>
    /// <returns>[N, 3, H, W], nominal range −1 to 1, not clamped.</returns>
    Tensor Output(SplitFeatures features);

    /// <summary>G1 where each code serves one subspace only, so that the last block makes that subspace's channels alone.</summary>
    /// <param name="partition">The subspaces of the split layer's channels.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <returns>Disposed by the caller, before the generator.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    /// <exception cref="ArgumentException">The partition is of another number of channels.</exception>
    IRestrictedLower Restrict(ChannelPartition partition, int split);

    /// <summary>The context of features that are composed of several codes': by default the mean of theirs.</summary>
    /// <param name="contexts">[B, codes, …] each.</param>
    /// <returns>[B, …] each.</returns>
    IReadOnlyList<Tensor> CombineContexts(IReadOnlyList<Tensor> contexts) => [.. contexts.Select(context => context.mean([1L]))];

    /// <summary>G2(f): images of features at the cut.</summary>
    /// <param name="features">Those after <paramref name="split"/> blocks.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <returns>[N, 3, H, W].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    Tensor Upper(SplitFeatures features, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return Output(Advance(features, split, Architecture.Layers)).MoveToOuterDisposeScope();
    }

    /// <summary>G(z): images of codes.</summary>
    /// <param name="z">[N, latent].</param>
    /// <returns>[N, 3, H, W].</returns>
    Tensor Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        return Upper(Lower(z, 1), 1).MoveToOuterDisposeScope();
    }
}
