using PmSFC.Wording;
using Spectre.Console;

namespace PmSFC.Cli.Output;

/// <summary>Text in a table or a live view: no markup is read in it, and nothing that a terminal would obey.</summary>
internal static class Cell
{
    /// <summary>Makes it.</summary>
    public static Text Of(string text, Style? style = null) => new(ShownText.Line(text), style);
}
