namespace PmSFC.Silo.Planning;

/// <summary>Says what a name should have been.</summary>
internal static class UnknownName
{
    /// <summary>A sentence about a name that is not among those known.</summary>
    public static string Describe(string what, string name, IEnumerable<string> known)
    {
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        return $"There is no {what} '{name}'; did you mean '{names.MinBy(candidate => Distance(candidate, name))}'? Known: {string.Join(", ", names)}.";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + (a[i - 1] == b[j - 1] ? 0 : 1), 1 + Math.Min(row[j], row[j - 1])));
        }

        return row[^1];
    }
}
