using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>A method that searches for what gives the target, iteration by iteration.</summary>
public interface IOptimizationMethod : IInversionMethod
{
    /// <summary>Iterations of a search; 0 where what it begins with is kept.</summary>
    /// <param name="settings">Settings of this method.</param>
    int Iterations(ResolvedSettings settings);

    /// <summary>Draws the start of each image's search.</summary>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other.</exception>
    InversionRun Start(InversionProblem problem);
}
