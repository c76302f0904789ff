namespace PmSFC.Client.Reports.Sections;

/// <summary>A part of a report's page, with its heading. A section that has nothing to show writes nothing.</summary>
/// <remarks>A new section is a class of its own and a line in <see cref="ReportPage"/>'s list, which is in the order of the page.</remarks>
internal interface IReportSection
{
    /// <summary>Writes the section.</summary>
    /// <param name="content">What the page is made of.</param>
    /// <param name="page">The page up to here.</param>
    void Write(ReportContent content, ReportWriter page);
}
