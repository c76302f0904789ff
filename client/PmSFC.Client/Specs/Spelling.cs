namespace PmSFC.Client.Specs;

/// <summary>Finds what somebody who misspelt a word may have meant.</summary>
internal static class Spelling
{
    /// <summary>The known word at the least edit distance, or null where none is near: more than a third of the word, or 2, would change.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var best = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is { } found && best.Distance <= Math.Max(2, found.Length / 3) && best.Distance < found.Length ? found : null;
    }

    /// <summary>Insertions, deletions and substitutions that turn one word into the other (Levenshtein).</summary>
    private static int Distance(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
                current[j] = Math.Min(
                    Math.Min(previous[j], current[j - 1]) + 1,
                    previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }

        return previous[to.Length];
    }
}
