using System.Collections.Immutable;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>--set key=value</c>, any number of times.</summary>
internal static class SettingOption
{
    private static readonly ValueKind<string> Assignment = new("key=value, for example iterations=200", (string text, out string? value) =>
    {
        var cut = (value = text).IndexOf('=');
        return cut > 0 && text[..cut].Trim().Length > 0 && text[(cut + 1)..].Trim().Length > 0
            ? null
            : "must be key=value, for example iterations=200";
    });

    /// <summary>Makes the option.</summary>
    public static ListOption<string> Create(string description) =>
        new("--set", Assignment) { Description = description, HelpName = "key=value" };

    /// <summary>Takes apart what was given.</summary>
    public static GivenSettings Parse(IEnumerable<string>? assignments)
    {
        var given = new GivenSettings();
        foreach (var assignment in assignments ?? [])
        {
            var cut = assignment.IndexOf('=');
            given = given.With(assignment[..cut].Trim(), assignment[(cut + 1)..].Trim());
        }

        return given;
    }

    /// <summary>The settings as a spec has them: one value each.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Single(ImmutableSortedDictionary<string, string> settings) =>
        settings.ToImmutableSortedDictionary(
            setting => setting.Key,
            setting => ImmutableArray.Create(setting.Value),
            StringComparer.Ordinal
        );
}
