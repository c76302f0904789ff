using System.Collections.Immutable;
using System.CommandLine;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Cli.Commands;

/// <summary><c>--set key=value</c>, any number of times.</summary>
internal static class SettingOption
{
    private const string SubspacesPrefix = "subspaces.";

    /// <summary>Makes the option.</summary>
    public static Option<string[]> Create(string description) => new("--set")
    {
        Description = description,
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The settings of a method, and those whose key begins with <c>subspaces.</c>, which are its discovery's.</summary>
    /// <exception cref="BadInputException">One is not <c>key=value</c>.</exception>
    public static (ImmutableSortedDictionary<string, string> Method, ImmutableSortedDictionary<string, string> Subspaces) Parse(
        IEnumerable<string>? assignments)
    {
        var method = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var subspaces = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments ?? [])
        {
            var cut = assignment.IndexOf('=');
            if (cut < 1 || cut == assignment.Length - 1)
                throw new BadInputException($"--set {assignment} is not key=value; write for example --set iterations=200.");
            var (key, value) = (assignment[..cut].Trim(), assignment[(cut + 1)..].Trim());
            if (key.StartsWith(SubspacesPrefix, StringComparison.Ordinal)) subspaces[key[SubspacesPrefix.Length..]] = value;
            else method[key] = value;
        }

        return (method.ToImmutable(), subspaces.ToImmutable());
    }

    /// <summary>The settings as a spec has them: one value each.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Single(ImmutableSortedDictionary<string, string> settings) =>
        settings.ToImmutableSortedDictionary(setting => setting.Key, setting => ImmutableArray.Create(setting.Value), StringComparer.Ordinal);
}
