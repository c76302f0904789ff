using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>How the maps of several codes become one image's maps at the cut.</summary>
public interface IFeatureComposition : IDisposable
{
    /// <summary>Sizes of one image's codes, latent last.</summary>
    IReadOnlyList<long> CodeShape { get; }

    /// <summary>Sizes of one image's composition weights.</summary>
    IReadOnlyList<long> WeightShape { get; }

    /// <summary>What every composition weight starts from.</summary>
    double StartWeight { get; }

    /// <summary>The composed maps, differentiable in both arguments.</summary>
    /// <param name="z">[B, …<see cref="CodeShape"/>].</param>
    /// <param name="w">[B, …<see cref="WeightShape"/>].</param>
    /// <returns>[B, C, h, w] in the generator's channel order; owned by the caller's dispose scope.</returns>
    Tensor Compose(Tensor z, Tensor w);
}
