using System.Text;
using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints.Pickles;

namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>Tells the formats of checkpoints apart by their content.</summary>
internal static partial class CheckpointFormats
{
    private const int LongestBeginning = 1 << 12;

    /// <summary>The format of a file; null where it is none that is read.</summary>
    public static CheckpointFormat? Of(ReadOnlySpan<byte> content)
    {
        if (CheckpointArchive.Is(content))
            return CheckpointFormat.Zip;

        // The length of a safetensors file's header has 8 bytes and is below 2³², so that the upper half is 0; the header is a JSON object.
        if (content.Length > 8 && content[4..8].IndexOfAnyExcept((byte)0) < 0 && content[8] == '{')
            return CheckpointFormat.Safetensors;
        if (content.Length > 2 && content[0] == 0x80 && content[1] < 16 && content[1] > 0)
            return CheckpointFormat.Pickle;
        return IsOldPickle(content) ? CheckpointFormat.Pickle : null;
    }

    /// <summary>Whether text is a pickle of protocol 0 for its first lines alone, even where it is damaged.</summary>
    public static bool IsSurelyOldPickle(ReadOnlySpan<byte> content) =>
        OldBeginning().IsMatch(Encoding.Latin1.GetString(content[..Math.Min(content.Length, LongestBeginning)]));

    /// <summary>Whether a file begins as pickles of protocols 0 and 1 do, which have no number of their own.</summary>
    private static bool IsOldPickle(ReadOnlySpan<byte> content)
    {
        if (content.Length < 2)
            return false;
        return content[0] switch
        {
            (byte)']' or (byte)'}' => content[1]
                is (byte)'.'
                    or (byte)'q'
                    or (byte)'r'
                    or (byte)'p'
                    or (byte)'('
                    or (byte)'c'
                    or (byte)'U'
                    or (byte)'X'
                    or (byte)']'
                    or (byte)'}'
                    or (byte)'N'
                    or (byte)'K',
            (byte)'(' => content[1]
                is (byte)'d'
                    or (byte)'l'
                    or (byte)'t'
                    or (byte)'('
                    or (byte)'c'
                    or (byte)'i'
                    or (byte)'S'
                    or (byte)'V'
                    or (byte)'U'
                    or (byte)'X'
                    or (byte)']'
                    or (byte)'}'
                    or (byte)'I'
                    or (byte)'F'
                    or (byte)'N'
                    or (byte)'K',
            (byte)'c' or (byte)'i' => Global().IsMatch(Encoding.Latin1.GetString(content[1..Math.Min(content.Length, LongestBeginning)])),
            _ => false,
        };
    }

    [GeneratedRegex(
        @"^\(*(?:[ci][A-Za-z_][\w.]{0,200}\r?\n[A-Za-z_][\w.]{0,200}(?:\r?\n|$)|[dl]p[0-9]+\r?\n|[IFLS][^\n]{0,200}\n[^ ]|[\]}][.(])"
    )]
    private static partial Regex OldBeginning();

    [GeneratedRegex(@"^[A-Za-z_][\w.]{0,200}\r?\n[A-Za-z_][\w.]{0,200}\r?\n")]
    private static partial Regex Global();
}
