using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tasks;

/// <summary>A kind of loss that images have suffered and inversion is to make good.</summary>
public interface IInversionTask
{
    /// <summary>The name that sweeps and results give to it.</summary>
    string Name { get; }

    /// <summary>Its settings.</summary>
    SettingsSchema Settings { get; }

    /// <summary>
    /// Settings of inversion methods whose values the task replaces, such as Eq. 9's missing perceptual term; a method's own variant of a preset for
    /// this task and the user's values come after.
    /// </summary>
    IReadOnlyDictionary<string, string> MethodSettings { get; }

    /// <summary>What of the settings does not fit a generator; empty where all does.</summary>
    IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture);

    /// <summary>Prepares the task for images on a device.</summary>
    /// <exception cref="ArgumentException">An image that the settings name does not fit.</exception>
    IDegradation Bind(TaskInputs inputs);
}
