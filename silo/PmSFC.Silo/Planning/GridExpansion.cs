using System.Collections.Immutable;

namespace PmSFC.Silo.Planning;

/// <summary>Settings with several values each, as the grid of their combinations.</summary>
internal static class GridExpansion
{
    /// <summary>Every combination, the last name varying fastest. A setting without values has no combination.</summary>
    public static IEnumerable<ImmutableSortedDictionary<string, string>> Expand(
        ImmutableSortedDictionary<string, ImmutableArray<string>> settings
    ) =>
        settings.Aggregate(
            Enumerable.Repeat(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), 1),
            (grid, setting) => grid.SelectMany(point => setting.Value.Select(value => point.SetItem(setting.Key, value)))
        );
}
