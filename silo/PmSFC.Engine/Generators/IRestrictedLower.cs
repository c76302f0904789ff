using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>
/// G1 for codes that each serve one subspace: m^r ⊙ G1(z) of Eq. 6, where the channels that the mask m^r would clear are not computed. The result equals
/// that of the whole G1.
/// </summary>
public interface IRestrictedLower : IDisposable
{
    /// <summary>The features of each subspace from its own codes.</summary>
    /// <param name="z">[B, R, K, latent].</param>
    /// <returns>Owned by the caller's dispose scope.</returns>
    SubspaceFeatures Forward(Tensor z);
}
