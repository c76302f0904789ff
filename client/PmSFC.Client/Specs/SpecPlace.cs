namespace PmSFC.Client.Specs;

/// <summary>A place in a text file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public readonly record struct SpecPlace(int Line, int Column)
{
    /// <summary>The file's first character.</summary>
    public static SpecPlace Start => new(1, 1);
}
