using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>The setting that says how many subspaces the split layer's channels are divided into.</summary>
public static class SubspacesSetting
{
    /// <summary>The setting's name.</summary>
    public const string Name = "subspaces";

    /// <summary>The definition; 6 is the paper's number.</summary>
    public static SettingDefinition Definition { get; } =
        new(Name, SettingKind.Integer, "6", "number of subspaces R") { Minimum = 1, Maximum = 512 };

    /// <summary>R.</summary>
    public static int Bind(ResolvedSettings settings) => settings.Integer(Name);

    /// <summary>Whether a generator can be cut at <c>split</c> and has enough channels there.</summary>
    public static IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        if (SplitSetting.Check(settings, architecture).ToArray() is { Length: > 0 } issues)
            return issues;
        var (split, subspaces) = (SplitSetting.Bind(settings), Bind(settings));
        var channels = architecture.ChannelsAt(split);
        return subspaces <= channels
            ? []
            : [new SettingIssue(Name, $"'{Name}' is {subspaces}, but split layer {split} has only {channels} channels to divide.")];
    }
}
