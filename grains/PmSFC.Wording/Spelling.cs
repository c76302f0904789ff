namespace PmSFC.Wording;

/// <summary>Finds what somebody who misspelt a word may have meant.</summary>
public static class Spelling
{
    /// <summary>
    /// The known word at the least edit distance, or null where none is near: more than a third of the word, or 2, or 1 of up to four letters, would change.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        // What is much longer than any known word is far from all of them, and its distance costs its length.
        if (word.Length > 100)
            return null;
        var best = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return
            best.Candidate is { } found
            && best.Distance <= Math.Max(found.Length <= 4 ? 1 : 2, found.Length / 3)
            && best.Distance < found.Length
            ? found
            : null;
    }

    /// <summary>A sentence about a name that is not among those known, with the nearest of them and all of them.</summary>
    /// <param name="what">What the name is of, such as <c>method</c>.</param>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known ones.</param>
    public static string Unknown(string what, string name, IEnumerable<string> known)
    {
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            return $"There is no {what} '{name}', nor any other.";
        var meant = Nearest(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
        return $"There is no {what} '{name}'{meant} Known: {string.Join(", ", names)}.";
    }

    /// <summary>Insertions, deletions, substitutions and exchanges of neighbours that turn one word into the other (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            distances[i, 0] = i;
        for (var j = 0; j <= to.Length; j++)
            distances[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        for (var j = 1; j <= to.Length; j++)
        {
            var least = Math.Min(
                Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1,
                distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)
            );
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                least = Math.Min(least, distances[i - 2, j - 2] + 1);
            distances[i, j] = least;
        }

        return distances[from.Length, to.Length];
    }
}
