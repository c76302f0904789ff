using System.Collections.Immutable;
using System.CommandLine;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Cli.Commands;

/// <summary><c>--set key=value</c>, any number of times.</summary>
internal static class SettingOption
{
    /// <summary>Makes the option.</summary>
    public static Option<string[]> Create(string description) => new("--set")
    {
        Description = description,
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Reads what was given.</summary>
    /// <exception cref="BadInputException">One is not <c>key=value</c>.</exception>
    public static GivenSettings Parse(IEnumerable<string>? assignments)
    {
        var given = new GivenSettings();
        foreach (var assignment in assignments ?? [])
        {
            var cut = assignment.IndexOf('=');
            if (cut < 1 || cut == assignment.Length - 1)
                throw new BadInputException($"--set {assignment} is not key=value; write for example --set iterations=200.");
            given = given.With(assignment[..cut].Trim(), assignment[(cut + 1)..].Trim());
        }

        return given;
    }

    /// <summary>The settings as a spec has them: one value each.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Single(ImmutableSortedDictionary<string, string> settings) =>
        settings.ToImmutableSortedDictionary(setting => setting.Key, setting => ImmutableArray.Create(setting.Value), StringComparer.Ordinal);
}
