using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>What methods have in common that search styles instead of latent codes.</summary>
internal static class StyleSearch
{
    /// <summary>Refuses a generator that has no styles.</summary>
    public static IEnumerable<SettingIssue> Check(IInversionMethod method, GeneratorArchitecture architecture)
    {
        if (architecture.Synthesis is null)
        {
            yield return new SettingIssue(
                SettingIssue.Method,
                $"The method '{method.Name}' searches styles, but a generator of the family '{architecture.Family}' has none; "
                    + "remove the method, or invert by a generator of the family 'stylegan1' or 'stylegan2'."
            );
        }
    }

    /// <summary>The generator of a problem that fits a method which searches styles.</summary>
    public static IStyledGenerator GeneratorOf(InversionProblem problem) => (IStyledGenerator)problem.Generator;

    /// <summary>The mean style at so many places for each image.</summary>
    /// <returns>[B, places, S]; owned by the caller's dispose scope.</returns>
    public static Tensor Start(InversionProblem problem, int places) =>
        GeneratorOf(problem).MeanStyle.expand(problem.Seeds.Count, places, -1).clone();
}
