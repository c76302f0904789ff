namespace PmSFC.Engine.Subspaces;

/// <summary>The terms of Eq. 5 at one iteration, before they are weighted by λ and μ.</summary>
/// <param name="Iteration">Number of finished iterations; the terms are those that the last of them was computed from.</param>
/// <param name="Feature">‖F − FS‖² (Eq. 3).</param>
/// <param name="Image">‖G2(F) − G2(T(FS))‖² (Eq. 4); 0 where λ is 0, since it is not computed then.</param>
/// <param name="Sparsity">‖S‖₁.</param>
public sealed record DiscoveryLosses(int Iteration, float Feature, float Image, float Sparsity);
