using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>A way to divide the channels of a generator's split layer into subspaces. Stateless.</summary>
public interface ISubspaceDiscovery
{
    /// <summary>The name in sweep files.</summary>
    string Name { get; }

    /// <summary>Settings and presets; <c>split</c> and <c>subspaces</c> are always among them.</summary>
    SettingsSchema Settings { get; }

    /// <summary>Whether the sizes of another set's subspaces can be given to <see cref="Start"/>.</summary>
    bool CopiesSizes { get; }

    /// <summary>What else it reads that is made once.</summary>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [];

    /// <summary>What keeps the settings from being used with a generator; empty where nothing does.</summary>
    IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>What one iteration takes, for planning.</summary>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    /// <param name="architecture">The generator's sizes.</param>
    WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>Begins a discovery.</summary>
    /// <param name="generator">Must outlive the run.</param>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    /// <param name="seed">Determines every random draw.</param>
    /// <param name="sizes">
    /// The sizes of the set that this one is to be compared with, or <see langword="null"/>; only where <see cref="CopiesSizes"/> is true.
    /// </param>
    /// <param name="prepared">The content of its <see cref="Needs"/>, or <see langword="null"/> where it has none.</param>
    /// <exception cref="ArgumentException">The sizes cannot be used, or something that it needs is missing.</exception>
    DiscoveryRun Start(
        IGenerator generator,
        ResolvedSettings settings,
        long seed,
        IReadOnlyList<int>? sizes = null,
        PreparedContents? prepared = null
    );
}
