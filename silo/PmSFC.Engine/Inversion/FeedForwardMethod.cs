using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>A method that optimizes nothing: it computes images at once from what a task has left of the targets.</summary>
public abstract class FeedForwardMethod : IInversionMethod
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Title { get; }

    /// <inheritdoc/>
    public bool UsesSubspaces => false;

    /// <inheritdoc/>
    public virtual string? Network => null;

    /// <inheritdoc/>
    public virtual IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [];

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Tasks { get; }

    /// <inheritdoc/>
    public virtual SettingsSchema Settings { get; } = Schema();

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public abstract ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces);

    /// <summary>Computes the images of a problem.</summary>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other.</exception>
    public Reconstruction Reconstruct(InversionProblem problem) =>
        new FeedForwardReconstruction(this, problem, left => Compute(left, problem));

    /// <summary>Settings whose presets have nothing of their own.</summary>
    private protected static SettingsSchema Schema(params IEnumerable<SettingDefinition> definitions) =>
        new(
            definitions,
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Paper] = new Dictionary<string, string>(),
            }
        );

    /// <summary>The images of what is left, without gradients.</summary>
    /// <param name="left">[B, 3, h, w], range −1 to 1.</param>
    /// <param name="problem">What is to be inverted.</param>
    /// <returns>[B, 3, H, W]; owned by the caller's dispose scope.</returns>
    private protected abstract Tensor Compute(Tensor left, InversionProblem problem);
}
