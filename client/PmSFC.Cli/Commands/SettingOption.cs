using System.Collections.Immutable;
using System.CommandLine;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Cli.Commands;

/// <summary><c>--set key=value</c>, any number of times.</summary>
internal static class SettingOption
{
    private const string SubspacesPrefix = "subspaces.";
    private const string NetworkPrefix = "network.";

    /// <summary>Makes the option.</summary>
    public static Option<string[]> Create(string description) => new("--set")
    {
        Description = description,
        HelpName = "key=value",
        DefaultValueFactory = _ => [],
    };

    /// <summary>
    /// The settings of a method; those whose key begins with <c>subspaces.</c>, which are its discovery's; and those that begin with <c>network.</c>,
    /// which are its network's training's.
    /// </summary>
    /// <exception cref="BadInputException">One is not <c>key=value</c>.</exception>
    public static (
        ImmutableSortedDictionary<string, string> Method,
        ImmutableSortedDictionary<string, string> Subspaces,
        ImmutableSortedDictionary<string, string> Network) Parse(IEnumerable<string>? assignments)
    {
        var method = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var subspaces = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var network = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments ?? [])
        {
            var cut = assignment.IndexOf('=');
            if (cut < 1 || cut == assignment.Length - 1)
                throw new BadInputException($"--set {assignment} is not key=value; write for example --set iterations=200.");
            var (key, value) = (assignment[..cut].Trim(), assignment[(cut + 1)..].Trim());
            if (key.StartsWith(SubspacesPrefix, StringComparison.Ordinal)) subspaces[key[SubspacesPrefix.Length..]] = value;
            else if (key.StartsWith(NetworkPrefix, StringComparison.Ordinal)) network[key[NetworkPrefix.Length..]] = value;
            else method[key] = value;
        }

        return (method.ToImmutable(), subspaces.ToImmutable(), network.ToImmutable());
    }

    /// <summary>The settings as a spec has them: one value each.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Single(ImmutableSortedDictionary<string, string> settings) =>
        settings.ToImmutableSortedDictionary(setting => setting.Key, setting => ImmutableArray.Create(setting.Value), StringComparer.Ordinal);
}
