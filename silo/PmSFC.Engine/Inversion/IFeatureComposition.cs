using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>How the features of several codes become one image's features at the cut.</summary>
public interface IFeatureComposition : IDisposable
{
    /// <summary>Sizes of one image's codes, latent last.</summary>
    IReadOnlyList<long> CodeShape { get; }

    /// <summary>Sizes of one image's composition weights.</summary>
    IReadOnlyList<long> WeightShape { get; }

    /// <summary>What every composition weight starts from.</summary>
    double StartWeight { get; }

    /// <summary>The composed features, differentiable in both arguments; their context is the codes' own, as the generator combines it.</summary>
    /// <param name="z">[B, …<see cref="CodeShape"/>].</param>
    /// <param name="w">[B, …<see cref="WeightShape"/>].</param>
    /// <returns>Maps [B, C, h, w] in the generator's channel order; owned by the caller's dispose scope.</returns>
    SplitFeatures Compose(Tensor z, Tensor w);
}
