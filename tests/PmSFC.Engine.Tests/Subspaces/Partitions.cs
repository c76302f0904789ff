namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>Comparison of partitions, by counting pairs.</summary>
internal static class Partitions
{
    /// <summary>The adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, 0 expected by chance.</summary>
    public static double AdjustedRandIndex(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        static double Pairs(IEnumerable<int> counts) => counts.Sum(count => count * (count - 1) / 2.0);
        var together = Pairs(a.Zip(b).GroupBy(pair => pair).Select(group => group.Count()));
        var first = Pairs(a.GroupBy(label => label).Select(group => group.Count()));
        var second = Pairs(b.GroupBy(label => label).Select(group => group.Count()));
        var expected = first * second / Pairs([a.Count]);
        return (together - expected) / ((first + second) / 2 - expected);
    }
}
