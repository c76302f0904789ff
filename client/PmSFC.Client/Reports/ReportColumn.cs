namespace PmSFC.Client.Reports;

/// <summary>A column of a table of the report.</summary>
/// <param name="Title">What heads it, as text.</param>
/// <param name="HoldsNumbers">Whether it is aligned as numbers are.</param>
internal sealed record ReportColumn(string Title, bool HoldsNumbers)
{
    /// <summary>A column of text.</summary>
    public static ReportColumn OfText(string title) => new(title, HoldsNumbers: false);

    /// <summary>A column of numbers.</summary>
    public static ReportColumn OfNumbers(string title) => new(title, HoldsNumbers: true);
}
