namespace PmSFC.Wording;

/// <summary>Command lines that can be pasted into a POSIX shell.</summary>
public static class ShellWords
{
    /// <summary>The words as one line that a shell takes apart into the same words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>The word in single quotes where a shell would read anything in it as more than text.</summary>
    /// <remarks>A leading <c>~</c>, <c>=</c> or <c>#</c> means something to shells at the beginning of a word alone; quotes do no harm elsewhere.</remarks>
    public static string Quote(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Any(char.IsControl))
            return $"$'{string.Concat(word.Select(InAnsiQuotes))}'";
        return word.Length > 0 && word.All(IsPlain) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or ',' or '+' or '@' or '%';

    // Control characters would not survive a terminal: bash, zsh, ksh and POSIX since 2024 read these escapes.
    private static string InAnsiQuotes(char c) =>
        c switch
        {
            '\'' or '\\' => $"\\{c}",
            < ' ' or '\x7f' => $"\\{Convert.ToString(c, 8).PadLeft(3, '0')}",
            _ => c.ToString(),
        };
}
