using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Preparation;

/// <summary>
/// A kind of thing that is made of a generator once, stored, and then read by methods and discoveries that name it in their needs. Stateless. Subspaces and
/// networks are preparations too, with more to them: <c>ISubspaceDiscovery</c> and <c>INetworkTraining</c>.
/// </summary>
public interface IPreparationKind
{
    /// <summary>The name of the kind, which is part of ids and stays.</summary>
    string Name { get; }

    /// <summary>Its settings. Whoever needs it chooses them, so there are no presets.</summary>
    SettingsSchema Settings { get; }

    /// <summary>What it is made from itself, besides the generator; none of that may need this kind.</summary>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    IReadOnlyList<PreparationNeed> Needs(ResolvedSettings settings) => [];

    /// <summary>What keeps the settings from being used with a generator; empty where nothing does.</summary>
    IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <summary>What one iteration takes, for planning.</summary>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    /// <param name="architecture">The generator's sizes.</param>
    WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>Begins to make it.</summary>
    /// <param name="generator">Must outlive the run.</param>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    /// <param name="seed">Determines every random draw.</param>
    /// <param name="prepared">The content of what it needs.</param>
    ContentRun Start(IGenerator generator, ResolvedSettings settings, long seed, PreparedContents prepared);
}
