using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// A way to reconstruct images by a generator: an <see cref="IOptimizationMethod"/>, which searches, or a <see cref="FeedForwardMethod"/>, which computes.
/// </summary>
public interface IInversionMethod
{
    /// <summary>The name that sweeps and results give to it.</summary>
    string Name { get; }

    /// <summary>The name that people read.</summary>
    string Title { get; }

    /// <summary>Its settings, with the presets <c>paper</c> and <see cref="PresetNames.Tuned"/>.</summary>
    SettingsSchema Settings { get; }

    /// <summary>Whether a problem needs a <see cref="InversionProblem.Partition"/>.</summary>
    bool UsesSubspaces { get; }

    /// <summary>
    /// The kind of trained network (<see cref="Training.INetworkTraining.Kind"/>) that a problem needs as its
    /// <see cref="InversionProblem.Network"/>; <see langword="null"/> for none.
    /// </summary>
    string? Network => null;

    /// <summary>What else a problem needs that is made once, as <see cref="InversionProblem.Prepared"/>.</summary>
    /// <param name="settings">Settings of this method that fit the generator.</param>
    IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [];

    /// <summary>Names of the tasks that it serves; <see langword="null"/> for every task.</summary>
    IReadOnlyList<string>? Tasks => null;

    /// <summary>What of the settings does not fit a generator; empty where all does.</summary>
    IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>What one image takes, for planning; <see cref="GeneratorCost"/> counts passes through the generator.</summary>
    /// <param name="settings">Settings of this method that fit the generator.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="subspaces">R; 1 for a method without subspaces.</param>
    ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces);
}
