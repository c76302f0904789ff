namespace PmSFC.Engine.Subspaces;

/// <summary>The weights of Eq. 5.</summary>
/// <param name="Lambda">λ, weight of the images' term, at least 0; at 0 the images are not made.</param>
/// <param name="Mu">μ, weight of ‖S‖₁, at least 0.</param>
/// <param name="Norm">How the terms add up.</param>
public sealed record SelfExpressiveObjective(double Lambda, double Mu, CoefficientNorm Norm);
