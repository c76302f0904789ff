using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>A kind of network that is trained once for a generator and then serves inversions. Stateless.</summary>
public interface INetworkTraining
{
    /// <summary>The name that methods, sweep files and stored networks give to the kind.</summary>
    string Kind { get; }

    /// <summary>Settings and presets of the network and of its training; <c>iterations</c> is always among them.</summary>
    SettingsSchema Settings { get; }

    /// <summary>What keeps the settings from being used with a generator; empty where nothing does.</summary>
    IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>What keeps a network from serving a task; empty where nothing does.</summary>
    /// <param name="sizes">The settings of the network, or those of an imported one that say how large it is.</param>
    /// <param name="context">The task and its settings.</param>
    IReadOnlyList<SettingIssue> CheckForTask(IReadOnlyDictionary<string, string> sizes, SettingsContext context) => [];

    /// <summary>What one iteration takes, for planning.</summary>
    /// <param name="settings">Settings that <see cref="Check"/> has no issue with.</param>
    /// <param name="architecture">The generator's sizes.</param>
    WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>Begins a training.</summary>
    /// <param name="problem">Has images only where the kind is an <see cref="IImageTraining"/>.</param>
    TrainingRun Start(TrainingProblem problem);
}
